namespace RedisFlow.Integration;

/// <summary>Where the PostgreSQL of a test keeps its data. Removed when disposed, after the application.</summary>
public sealed class PostgresStorage : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("redisflow-postgres-");

    /// <summary>The AppHost's arguments.</summary>
    public IEnumerable<string> Arguments => ["--Postgres:Mode=process", $"--Postgres:DataDirectory={Folder}"];

    /// <summary>The AppHost's folder.</summary>
    public string Folder => _directory.FullName;

    /// <summary>The server's data directory.</summary>
    public string Cluster => Path.Combine(Folder, "data");

    public void Dispose() => _directory.Delete(recursive: true);
}
