namespace RedisFlow.Aspire.Hosting;

/// <summary>A server's password: the parameter <c>{server}-password</c>.</summary>
internal static class ServerPassword
{
    /// <summary>
    /// Adds the parameter. A value is generated once and kept in the user secrets, so that data written with it can be
    /// opened again; an empty one counts as none. A value that no client could send stops the start; the message never
    /// has the value.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="server">The server's name.</param>
    /// <param name="findFault">
    /// Says what is wrong with a password, as the rest of a sentence that begins with its name; <c>null</c> where it
    /// can be used.
    /// </param>
    public static IResourceBuilder<ParameterResource> AddServerPassword(
        this IDistributedApplicationBuilder builder,
        string server,
        Func<string, string?> findFault
    )
    {
        var name = $"{server}-password";
        var password = ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, name, special: false);
        if (builder.ExecutionContext.IsRunMode)
        {
            builder.OnBeforeStart(
                async (_, stop) =>
                {
                    var value = await password.GetValueAsync(stop);
                    if ((value is null ? "has no value" : findFault(value)) is { } fault)
                    {
                        throw new DistributedApplicationException(
                            $"The parameter {name} (setting Parameters:{name}) {fault}. Any other text will do. "
                                + $"Example: --Parameters:{name}=correct-horse-battery-staple"
                        );
                    }
                }
            );
        }

        return builder.CreateResourceBuilder(password);
    }
}
