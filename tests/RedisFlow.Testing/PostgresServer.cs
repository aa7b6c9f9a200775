using System.Diagnostics;
using System.Globalization;

namespace RedisFlow.Testing;

/// <summary>
/// A real <c>postgres</c> of a test: on 127.0.0.1 and a free port, data in a temporary folder that is removed with it.
/// It can be stopped, killed and restarted with its data. It refuses to run as root: there it runs as the user
/// <c>postgres</c> of the package.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "postgres";

    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(1);

    private readonly string _folder;
    private Process? _process;

    private PostgresServer(string folder, int port)
    {
        _folder = folder;
        Port = port;
    }

    /// <summary>The port; the same after a restart.</summary>
    public int Port { get; }

    /// <summary>The folder of the server's programs, of the newest version that is installed.</summary>
    /// <exception cref="FileNotFoundException">It is not installed; the message says how to get it.</exception>
    public static string Programs { get; } =
        new[] { "/usr/lib/postgresql" }
            .Where(Directory.Exists)
            .SelectMany(Directory.GetDirectories)
            .Select(version => Path.Combine(version, "bin"))
            .Where(bin => File.Exists(Path.Combine(bin, "postgres")))
            .OrderByDescending(bin => double.Parse(bin.Split('/')[^2], CultureInfo.InvariantCulture))
            .FirstOrDefault()
        ?? throw new FileNotFoundException("PostgreSQL's server is missing. On Debian: apt-get install postgresql");

    private string Data => Path.Combine(_folder, "data");

    /// <summary>Creates a server, starts it, and waits until it answers.</summary>
    public static async Task<PostgresServer> StartAsync(CancellationToken cancellationToken = default)
    {
        var server = new PostgresServer(
            Directory.CreateTempSubdirectory("redisflow-postgres-").FullName,
            FreePort.Find()
        );
        try
        {
            if (Environment.IsPrivilegedProcess)
            {
                await RunAsync("chown", [User, server._folder], cancellationToken);
            }

            var (program, arguments) = AsUser(
                "initdb",
                ["--pgdata", server.Data, "--auth=trust", $"--username={User}", "--encoding=UTF8", "--no-sync"]
            );
            await RunAsync(program, arguments, cancellationToken);
            await server.LaunchAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The connection string of a database.</summary>
    public string ConnectionString(string database) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"Host=127.0.0.1;Port={Port};Username={User};Database={database};Timeout=5;Include Error Detail=true"
        );

    /// <summary>Ends the server: connections at once, data written.</summary>
    public Task StopAsync() => EndAsync("INT");

    /// <summary>Ends the server as <c>pg_ctl -m immediate</c> does: as a crash, its log is replayed at the next
    /// start.</summary>
    public Task CrashAsync() => EndAsync("QUIT");

    /// <summary>Starts the server again on the same port with the same data; stops it first if it runs.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken = default)
    {
        await StopAsync();
        await LaunchAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await EndAsync("QUIT");
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static (string Program, string[] Arguments) AsUser(string program, string[] arguments)
    {
        var path = Path.Combine(Programs, program);
        return Environment.IsPrivilegedProcess
            ? ("setpriv", [$"--reuid={User}", $"--regid={User}", "--init-groups", path, .. arguments])
            : (path, arguments);
    }

    private static async Task RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = Path.GetTempPath(),
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} failed.\n{await output}\n{await errors}");
        }
    }

    private async Task LaunchAsync(CancellationToken cancellationToken)
    {
        // No fsync: these tests end processes, not machines.
        var (program, arguments) = AsUser(
            "postgres",
            [
                "-D",
                Data,
                "-p",
                Port.ToString(CultureInfo.InvariantCulture),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                $"unix_socket_directories={Data}",
                "-c",
                "fsync=off",
                "-c",
                "logging_collector=on",
            ]
        );
        _process = Process.Start(
            new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder, RedirectStandardError = true }
        )!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        await Eventually.Until(
            async () =>
            {
                if (_process.HasExited)
                {
                    throw new InvalidOperationException($"postgres ended with {_process.ExitCode}.");
                }

                var port = Port.ToString(CultureInfo.InvariantCulture);
                using var ready = Process.Start(
                    new ProcessStartInfo(Path.Combine(Programs, "pg_isready"), ["-q", "-h", "127.0.0.1", "-p", port])
                )!;
                await ready.WaitForExitAsync(cancellationToken);
                return ready.ExitCode == 0;
            },
            cancellationToken: cancellationToken
        );
    }

    private async Task EndAsync(string signal)
    {
        if (_process is null)
        {
            return;
        }

        if (!_process.HasExited)
        {
            await ProcessSignal.SendAsync(signal, _process.Id);
            using var limit = new CancellationTokenSource(StopLimit);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }

        _process.Dispose();
        _process = null;
    }
}
