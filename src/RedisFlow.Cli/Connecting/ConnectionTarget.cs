using RedisFlow.Cli.CommandLine;

namespace RedisFlow.Cli.Connecting;

/// <summary>Where Redis is, and who said so.</summary>
/// <param name="ConnectionString">As StackExchange.Redis reads it; has the password, so it is never shown.</param>
/// <param name="Origin">Where it comes from, for people.</param>
internal sealed record ConnectionTarget(string ConnectionString, string Origin)
{
    /// <summary>The name of the connection string, and of the AppHost's resource.</summary>
    public const string Name = "redis";

    /// <summary>The environment variable.</summary>
    public const string Variable = $"ConnectionStrings__{Name}";

    /// <summary>The servers, without anything that could be a part of a password.</summary>
    public string Servers =>
        string.Join(
            ',',
            ConnectionString
                .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .TakeWhile(part => !part.Contains('=', StringComparison.Ordinal))
        );

    /// <summary>Finds the connection: the option, the variable, the AppHost's settings, in this order.</summary>
    /// <exception cref="UsageException">What was given cannot be a connection.</exception>
    /// <exception cref="NoConnectionException">
    /// No connection was found; the message says where the tool looked for it.
    /// </exception>
    public static ConnectionTarget Resolve(string? option, ToolSettings settings)
    {
        if (!string.IsNullOrWhiteSpace(option))
        {
            return Of(option, "--redis");
        }

        if (settings.Terminal.Variables.TryGetValue(Variable, out var variable) && !string.IsNullOrWhiteSpace(variable))
        {
            return Of(variable, $"the variable {Variable}");
        }

        var (target, finding) = AppHostSettings.Read(settings.AppHost, settings.Terminal);
        return target
            ?? throw new NoConnectionException(
                $"""
                Where is Redis? Tried:
                  --redis: not given
                  the variable {Variable}: not set
                  {finding}
                Give e.g. --redis localhost:6379, or start the application with ./run and call redisflow in its folder.
                """
            );
    }

    /// <summary>
    /// Whether a connection string can have the value: the client library splits it at commas and trims what is
    /// between.
    /// </summary>
    public static bool CanCarry(string value) =>
        !value.Contains(',', StringComparison.Ordinal) && value.Trim() == value;

    /// <summary>Checks the text, and turns a URI into a connection string.</summary>
    public static ConnectionTarget Of(string text, string origin)
    {
        var target = new ConnectionTarget(RedisUri.ToConnectionString(text.Trim(), origin), origin);
        return target.Servers.Length > 0
            ? target
            : throw new UsageException(
                $"The connection from {origin} names no server first; expected e.g. localhost:6379,password=…"
            );
    }
}
