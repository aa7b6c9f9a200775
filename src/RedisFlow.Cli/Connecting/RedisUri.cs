using System.Globalization;
using RedisFlow.Cli.CommandLine;

namespace RedisFlow.Cli.Connecting;

/// <summary>Reads <c>redis://</c> and <c>rediss://</c> addresses, which the dashboard and many hosts show.</summary>
internal static class RedisUri
{
    private const int DefaultPort = 6379;

    /// <summary>The connection string for an address; any other text as it is.</summary>
    /// <exception cref="UsageException">The address cannot be used; the message does not have it.</exception>
    public static string ToConnectionString(string text, string origin)
    {
        var isSecure = text.StartsWith("rediss://", StringComparison.OrdinalIgnoreCase);
        if (!isSecure && !text.StartsWith("redis://", StringComparison.OrdinalIgnoreCase))
        {
            return text;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
        {
            throw new UsageException(
                $"The address from {origin} cannot be read; expected redis://:password@host:port, with special "
                    + "characters of the password escaped."
            );
        }

        var credentials = uri.UserInfo.Split(':', 2);
        var user = Uri.UnescapeDataString(credentials[0]);
        var password = credentials.Length == 2 ? Uri.UnescapeDataString(credentials[1]) : "";
        if (!ConnectionTarget.CanCarry(user) || !ConnectionTarget.CanCarry(password))
        {
            throw new UsageException(
                $"The user or the password of the address from {origin} has a comma, or white space at an end, which "
                    + "the client library cannot take."
            );
        }

        var path = uri.AbsolutePath.Trim('/');
        if (path.Length > 0 && !int.TryParse(path, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            throw new UsageException(
                $"The address from {origin} ends with something that is no database number; expected e.g. "
                    + "redis://host:port/0."
            );
        }

        var port = uri.Port > 0 ? uri.Port : DefaultPort;
        return string.Create(CultureInfo.InvariantCulture, $"{uri.Host}:{port}")
            + (user.Length > 0 ? $",user={user}" : "")
            + (password.Length > 0 ? $",password={password}" : "")
            + (path.Length > 0 ? $",defaultDatabase={path}" : "")
            + (isSecure ? ",ssl=true" : "");
    }
}
