namespace RedisFlow.Testing;

/// <summary>
/// Chooses the server of a whole test run: the same tests run once per tier. <c>REDISFLOW_TEST_REDIS</c> is
/// <c>distribution</c> (the default), <c>latest</c> or <c>valkey</c>. <c>REDISFLOW_REDIS_LATEST</c> and
/// <c>REDISFLOW_VALKEY</c> name the programs of the latter two, by default those below the repository's
/// <c>artifacts</c>.
/// </summary>
public static class RedisTiers
{
    private const string TierVariable = "REDISFLOW_TEST_REDIS";

    /// <summary>The tier of this run.</summary>
    /// <exception cref="InvalidOperationException">The variable names no tier.</exception>
    public static RedisTier Current { get; } =
        Environment.GetEnvironmentVariable(TierVariable) switch
        {
            null or "" or "distribution" => RedisTier.Distribution,
            "latest" => RedisTier.Latest,
            "valkey" => RedisTier.Valkey,
            var other => throw new InvalidOperationException(
                $"{TierVariable} is '{other}'; it must be 'distribution', 'latest' or 'valkey'."
            ),
        };

    /// <summary>The program of <see cref="Current"/>.</summary>
    public static string Program { get; } =
        Fetched is var (variable, path) ? FetchedProgram(variable, path) : "redis-server";

    internal static string HowToGet =>
        Fetched is var (variable, _)
            ? $"./test fetches it; {variable} can name another one, e.g. '/opt/redis/bin/redis-server'."
            : "Install it (e.g. 'apt-get install redis-server'): these tests need a real server.";

    /// <summary>The variable that names the program of this run, and where <c>./test</c> leaves it.</summary>
    private static (string Variable, string Path)? Fetched =>
        Current switch
        {
            RedisTier.Latest => ("REDISFLOW_REDIS_LATEST", Path.Combine("redis-8", "redis-server")),
            RedisTier.Valkey => ("REDISFLOW_VALKEY", Path.Combine("valkey", "valkey-server")),
            _ => null,
        };

    private static string FetchedProgram(string variable, string path)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } program)
        {
            return program;
        }

        return RepositoryFolder.Path is not null
            ? RepositoryFolder.PathOf("artifacts", path)
            : throw new InvalidOperationException(
                $"No repository is above {AppContext.BaseDirectory}: set {variable} to the program's path."
            );
    }
}
