using StackExchange.Redis;

namespace Aspire.StackExchange.Redis;

/// <summary>
/// Reads a connection string of a current StackExchange.Redis with an older one: keys that the older one does not know
/// (<c>protocol</c>, <c>asyncTimeout</c>, <c>user</c> …) are left out instead of failing.
/// </summary>
internal static class ConnectionStringParser
{
    public static void ParseInto(ConfigurationOptions options, string? connectionString)
    {
        // The integration's default, which the connection string may override: keep trying rather than fail.
        options.AbortOnConnectFail = false;
        if (connectionString is null)
        {
            return;
        }

        var parsed = ConfigurationOptions.Parse(connectionString, ignoreUnknown: true);
        foreach (var endPoint in parsed.EndPoints)
        {
            options.EndPoints.Add(endPoint);
        }

        if (Names(connectionString, "abortConnect"))
        {
            options.AbortOnConnectFail = parsed.AbortOnConnectFail;
        }

        options.AllowAdmin = parsed.AllowAdmin;
        options.ChannelPrefix = parsed.ChannelPrefix;
        options.ClientName = parsed.ClientName;
        options.ConfigurationChannel = parsed.ConfigurationChannel;
        options.ConnectRetry = parsed.ConnectRetry;
        options.ConnectTimeout = parsed.ConnectTimeout;
        options.DefaultDatabase = parsed.DefaultDatabase;
        options.DefaultVersion = parsed.DefaultVersion;
        options.KeepAlive = parsed.KeepAlive;
        options.Password = parsed.Password;
        options.Proxy = parsed.Proxy;
        options.ResolveDns = parsed.ResolveDns;
        options.ServiceName = parsed.ServiceName;
        options.Ssl = parsed.Ssl;
        options.SslHost = parsed.SslHost;
        options.SyncTimeout = parsed.SyncTimeout;
        options.TieBreaker = parsed.TieBreaker;
        options.WriteBuffer = parsed.WriteBuffer;
    }

    private static bool Names(string connectionString, string key) =>
        connectionString.Split(',').Any(part => part.Trim().StartsWith($"{key}=", StringComparison.OrdinalIgnoreCase));
}
