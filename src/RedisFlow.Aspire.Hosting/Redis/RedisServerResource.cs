namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// A local <c>redis-server</c> process that offers the same connection string as the container would.
/// </summary>
/// <param name="name">The resource's name; also the connection string's.</param>
/// <param name="command">The <c>redis-server</c> program.</param>
/// <param name="dataDirectory">Where the server keeps its data: its working directory.</param>
/// <param name="port">The port that it listens on.</param>
/// <param name="password">The server's password.</param>
public sealed class RedisServerResource(
    string name,
    string command,
    string dataDirectory,
    int port,
    ParameterResource password
) : ExecutableResource(name, command, dataDirectory), IResourceWithConnectionString
{
    /// <summary>The name of the server's endpoint.</summary>
    public const string EndpointName = "tcp";

    /// <summary>Gets the directory of the server's data and its configuration file.</summary>
    public string DataDirectory { get; } = dataDirectory;

    /// <summary>Gets the port that it listens on.</summary>
    public int Port { get; } = port;

    /// <summary>Gets the server's password.</summary>
    public ParameterResource PasswordParameter { get; } = password;

    /// <summary>Gets the configuration file that the AppHost writes before each start.</summary>
    public string ConfigurationFile => Path.Combine(DataDirectory, "redis.conf");

    private EndpointReference Endpoint => field ??= new EndpointReference(this, EndpointName);

    /// <inheritdoc/>
    public ReferenceExpression ConnectionStringExpression =>
        ReferenceExpression.Create($"{Endpoint.Property(EndpointProperty.HostAndPort)},password={PasswordParameter}");

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, ReferenceExpression>> GetConnectionProperties()
    {
        var host = Endpoint.Property(EndpointProperty.Host);
        var port = Endpoint.Property(EndpointProperty.Port);
        yield return new("Host", ReferenceExpression.Create($"{host}"));
        yield return new("Port", ReferenceExpression.Create($"{port}"));
        yield return new("Password", ReferenceExpression.Create($"{PasswordParameter}"));
        yield return new("Uri", ReferenceExpression.Create($"redis://:{PasswordParameter:uri}@{host}:{port}"));
    }
}
