namespace RedisFlow.Testing;

/// <summary>
/// Chooses the server of a whole test run: the same tests run once per tier. <c>REDISFLOW_TEST_REDIS=latest</c> asks for
/// <see cref="RedisTier.Latest"/>; its program is <c>REDISFLOW_REDIS_LATEST</c>, by default the one below the repository's <c>artifacts</c>.
/// </summary>
public static class RedisTiers
{
    private const string TierVariable = "REDISFLOW_TEST_REDIS";
    private const string ProgramVariable = "REDISFLOW_REDIS_LATEST";

    /// <summary>The tier of this run.</summary>
    /// <exception cref="InvalidOperationException">The variable names no tier.</exception>
    public static RedisTier Current { get; } = Environment.GetEnvironmentVariable(TierVariable) switch
    {
        null or "" or "distribution" => RedisTier.Distribution,
        "latest" => RedisTier.Latest,
        var other => throw new InvalidOperationException($"{TierVariable} is '{other}'; it must be 'distribution' or 'latest'."),
    };

    /// <summary>The program of <see cref="Current"/>.</summary>
    public static string Program { get; } = Current == RedisTier.Distribution ? "redis-server" : LatestProgram();

    internal static string HowToGet => Current == RedisTier.Distribution
        ? "Install it (e.g. 'apt-get install redis-server'): these tests need a real server."
        : $"./test fetches it; {ProgramVariable} can name another one, e.g. '/opt/redis/bin/redis-server'.";

    private static string LatestProgram()
    {
        if (Environment.GetEnvironmentVariable(ProgramVariable) is { Length: > 0 } program)
        {
            return program;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "RedisFlow.sln")))
            {
                return Path.Combine(folder.FullName, "artifacts", "redis-8", "redis-server");
            }
        }

        throw new InvalidOperationException($"No repository is above {AppContext.BaseDirectory}: set {ProgramVariable} to the program's path.");
    }
}
