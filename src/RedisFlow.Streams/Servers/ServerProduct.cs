using System.Text.RegularExpressions;

namespace RedisFlow.Streams.Servers;

/// <summary>What a server calls itself.</summary>
/// <param name="Name">Its name, e.g. <c>Redis</c> or <c>Valkey</c>.</param>
/// <param name="Version">
/// Its own version, which is not that of the Redis that it is compatible with; <c>null</c> if it does not tell.
/// </param>
internal sealed record ServerProduct(string Name, string? Version)
{
    /// <summary>The name of the server that the others are compatible with.</summary>
    public const string Redis = "Redis";

    /// <summary>
    /// Reads what others than Redis say: <c>server_name:valkey</c>, and <c>valkey_version</c> beside
    /// <c>redis_version</c>.
    /// </summary>
    /// <param name="info">The section <c>server</c> of INFO; may be empty.</param>
    public static ServerProduct Of(string info)
    {
        var name = Field(info, "server_name") ?? "redis";
        var version = Field(info, $"{name}_version");
        return name.Equals(Redis, StringComparison.OrdinalIgnoreCase)
            ? new ServerProduct(Redis, version)
            : new ServerProduct($"{char.ToUpperInvariant(name[0])}{name[1..]}", version);
    }

    /// <inheritdoc/>
    public override string ToString() => Version is null ? Name : $"{Name} {Version}";

    private static string? Field(string info, string name) =>
        Regex.Match(info, $@"^{Regex.Escape(name)}:(\S+)", RegexOptions.Multiline) is { Success: true } line
            ? line.Groups[1].Value
            : null;
}
