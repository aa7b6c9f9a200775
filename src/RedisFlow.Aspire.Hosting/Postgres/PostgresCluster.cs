using Microsoft.Extensions.Logging;

namespace RedisFlow.Aspire.Hosting;

/// <summary>The data directory of a local server, which PostgreSQL calls a database cluster.</summary>
internal sealed partial class PostgresCluster
{
    private readonly ServerOptions _options;
    private readonly string? _binDirectory;

    /// <param name="options">The server's settings.</param>
    /// <param name="binDirectory">The folder of the programs that the settings choose.</param>
    public PostgresCluster(ServerOptions options, string? binDirectory)
    {
        _options = options;

        // Below the AppHost's own folder: initdb demands an empty one, and the other one has the lock.
        Folder = Path.Combine(options.DataDirectory, "data");
        _binDirectory = PostgresPrograms.Find(binDirectory, VersionOfData());
    }

    /// <summary>Gets the data directory.</summary>
    public string Folder { get; }

    /// <summary>Gets the folder of <c>postgres</c>; an empty one where it is missing.</summary>
    public string BinDirectory => _binDirectory ?? "";

    /// <summary>Creates the data directory, unless there is one.</summary>
    /// <exception cref="DistributedApplicationException">It cannot be created; the message says why.</exception>
    public async Task PrepareAsync(ParameterResource password, ILogger log, CancellationToken stop)
    {
        if (_binDirectory is null)
        {
            throw new DistributedApplicationException(
                "No PostgreSQL server was found: postgres and initdb are neither in the folder that "
                    + $"{_options.Section}:BinDirectory chooses, nor in PATH, nor below /usr/lib/postgresql. "
                    + "Install it (apt-get install postgresql), or choose its folder. "
                    + $"Example: --{_options.Section}:BinDirectory=/usr/lib/postgresql/17/bin"
            );
        }

        if (!Directory.Exists(Folder))
        {
            await CreateAsync(await password.GetValueAsync(stop) ?? "", stop);
            LogCreated(log, Folder);
        }
    }

    // Under another name until it is complete: an AppHost that is killed meanwhile leaves nothing that passes for data.
    private async Task CreateAsync(string password, CancellationToken stop)
    {
        var draft = $"{Folder}.new";
        if (Directory.Exists(draft))
        {
            Directory.Delete(draft, recursive: true);
        }

        if (PostgresUser.IsNeeded)
        {
            await CreateForUserAsync(draft, stop);
        }

        // The password comes through a pipe that the shell makes, which is the user's own: it is never in a file.
        await SystemCommand.RunAsync(
            PostgresUser.Run(
                "/bin/sh",
                "-c",
                "cat | \"$@\" --pwfile=/dev/stdin",
                "initdb",
                Path.Combine(BinDirectory, "initdb"),
                $"--pgdata={draft}",
                $"--username={PostgresProcessResource.UserName}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                $"--locale={(OperatingSystem.IsMacOS() ? "en_US.UTF-8" : "C.UTF-8")}"
            ),
            password,
            stop
        );
        Directory.Move(draft, Folder);
    }

    private async Task CreateForUserAsync(string draft, CancellationToken stop)
    {
        const string user = PostgresUser.Name;
        PostgresUser.LetPass(_options.DataDirectory);
        await SystemCommand.RunAsync(["install", "-d", "-m", "0700", "-o", user, "-g", user, draft], "", stop);
        try
        {
            await SystemCommand.RunAsync(PostgresUser.Run("test", "-w", draft), "", stop);
        }
        catch (DistributedApplicationException exception)
        {
            throw new DistributedApplicationException(
                $"PostgreSQL does not run as root, and the user {user}, who runs it instead, cannot reach {draft}. "
                    + $"Choose another folder with {_options.Section}:DataDirectory. "
                    + $"Example: --{_options.Section}:DataDirectory=/var/lib/{_options.DataVolume}",
                exception
            );
        }
    }

    private string? VersionOfData()
    {
        var file = Path.Combine(Folder, "PG_VERSION");
        return File.Exists(file) ? File.ReadAllText(file).Trim() : null;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Created the data directory {Folder}")]
    private static partial void LogCreated(ILogger log, string folder);
}
