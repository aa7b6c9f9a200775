namespace RedisFlow.Aspire.Hosting;

/// <summary>
/// A local <c>postgres</c> process that offers the same connection string as the container would. Aspire's
/// <see cref="PostgresServerResource"/> is a container, and cannot be a process.
/// </summary>
/// <param name="name">The resource's name; also the connection string's.</param>
/// <param name="command">The program that starts the server.</param>
/// <param name="dataDirectory">The AppHost's folder, which has the server's data directory in it.</param>
/// <param name="password">The password of the user <c>postgres</c>.</param>
internal sealed class PostgresProcessResource(
    string name,
    string command,
    string dataDirectory,
    ParameterResource password
) : ExecutableResource(name, command, dataDirectory), IResourceWithConnectionString
{
    /// <summary>The name of the server's endpoint.</summary>
    public const string EndpointName = "tcp";

    /// <summary>The superuser, as in the container.</summary>
    public const string UserName = "postgres";

    /// <summary>Gets the password of the user <c>postgres</c>.</summary>
    public ParameterResource PasswordParameter { get; } = password;

    private EndpointReference Endpoint => field ??= new EndpointReference(this, EndpointName);

    private EndpointReferenceExpression Host => Endpoint.Property(EndpointProperty.Host);

    private EndpointReferenceExpression Port => Endpoint.Property(EndpointProperty.Port);

    /// <inheritdoc/>
    public ReferenceExpression ConnectionStringExpression =>
        ReferenceExpression.Create($"Host={Host};Port={Port};Username={UserName};Password={PasswordParameter}");

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, ReferenceExpression>> GetConnectionProperties() =>
        [
            new("Host", ReferenceExpression.Create($"{Host}")),
            new("Port", ReferenceExpression.Create($"{Port}")),
            new("Username", ReferenceExpression.Create($"{UserName}")),
            new("Password", ReferenceExpression.Create($"{PasswordParameter}")),
            new("Uri", ReferenceExpression.Create($"postgresql://{UserName}:{PasswordParameter:uri}@{Host}:{Port}")),
            new("JdbcConnectionString", ReferenceExpression.Create($"jdbc:postgresql://{Host}:{Port}")),
        ];

    /// <summary>Gets the properties of one of its databases, which are those of Aspire's resource.</summary>
    public IEnumerable<KeyValuePair<string, ReferenceExpression>> GetConnectionProperties(string databaseName)
    {
        var path = Uri.EscapeDataString(databaseName);
        foreach (var (name, value) in GetConnectionProperties())
        {
            yield return new(
                name,
                name is "Uri" or "JdbcConnectionString" ? ReferenceExpression.Create($"{value}/{path}") : value
            );
        }

        yield return new("DatabaseName", ReferenceExpression.Create($"{databaseName}"));
    }
}
