namespace RedisFlow.Aspire.Hosting;

/// <summary>The server's password: the parameter <c>{server}-password</c>.</summary>
internal static class RedisPassword
{
    /// <summary>
    /// Adds the parameter. A value is generated once and kept in the user secrets, so that data written with it can be
    /// opened again; an empty one counts as none. A value that no client could send stops the start.
    /// </summary>
    public static IResourceBuilder<ParameterResource> AddRedisPassword(
        this IDistributedApplicationBuilder builder,
        string server
    )
    {
        var name = $"{server}-password";
        var password = ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, name, special: false);
        if (builder.ExecutionContext.IsRunMode)
        {
            builder.OnBeforeStart(async (_, stop) => Check(name, await password.GetValueAsync(stop)));
        }

        return builder.CreateResourceBuilder(password);
    }

    /// <summary>
    /// Refuses what cannot be quoted: StackExchange.Redis splits a connection string at each comma and trims the
    /// values, and an environment variable ends at a null character. The message never has the value.
    /// </summary>
    /// <exception cref="DistributedApplicationException">The password cannot be used.</exception>
    private static void Check(string name, string? password)
    {
        var fault = password switch
        {
            null => "has no value",
            _ when password.Contains(',', StringComparison.Ordinal) =>
                "has a comma, which a connection string cannot carry",
            _ when password.Trim() != password =>
                "begins or ends with white space, which a connection string cannot carry",
            _ when password.Contains('\0', StringComparison.Ordinal) =>
                "has a null character, which an environment variable cannot carry",
            _ => null,
        };
        if (fault is not null)
        {
            throw new DistributedApplicationException(
                $"The parameter {name} (setting Parameters:{name}) {fault}. Any other text will do. "
                    + $"Example: --Parameters:{name}=correct-horse-battery-staple"
            );
        }
    }
}
