using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace RedisFlow.Testing;

/// <summary>
/// A real <c>redis-server</c> of a test: on 127.0.0.1 and a free port, append-only file on, <c>noeviction</c>, data in
/// a temporary folder that is removed with it. It can be stopped, killed and restarted with its data. Which program it
/// is, <see cref="RedisTiers"/> says.
/// </summary>
public sealed class RedisServer : RedisDeployment
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(1);

    private readonly string _program;
    private readonly string _folder;
    private readonly IReadOnlyList<string> _settings;
    private int? _master;
    private readonly string? _sentinel;
    private Process? _process;

    private RedisServer(string program, string folder, int port, IReadOnlyList<string> settings, string? sentinel)
    {
        _program = program;
        _folder = folder;
        _settings = settings;
        _sentinel = sentinel;
        Port = port;
    }

    /// <summary>The port; the same after a restart.</summary>
    public int Port { get; }

    /// <summary>The process id of the running server.</summary>
    /// <exception cref="InvalidOperationException">The server does not run.</exception>
    public int ProcessId => _process?.Id ?? throw new InvalidOperationException("redis-server does not run.");

    /// <summary>Whether the server runs.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Gets the address and port, as a connection string names it.</summary>
    public string EndPoint => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <inheritdoc/>
    public override string ConnectionString => $"{EndPoint},abortConnect=false,connectTimeout=2000";

    /// <summary>Starts a server and waits until it answers.</summary>
    /// <exception cref="FileNotFoundException">The program is missing; the message says how to get it.</exception>
    /// <exception cref="InvalidOperationException">The server did not answer in time; the message has its
    /// output.</exception>
    public static Task<RedisServer> StartAsync(CancellationToken cancellationToken = default) =>
        StartAsync([], cancellationToken);

    /// <summary>As <see cref="StartAsync(CancellationToken)"/>, with settings that replace the ones above.</summary>
    /// <param name="settings">Arguments of the program, e.g. <c>["--appendfsync", "always"]</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task<RedisServer> StartAsync(
        IReadOnlyList<string> settings,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(settings);
        return StartAsync(RedisTiers.Program, () => settings, null, cancellationToken);
    }

    /// <summary>Starts a node of a cluster, whose bus has a port of its own.</summary>
    internal static Task<RedisServer> StartNodeAsync(
        IReadOnlyList<string> settings,
        CancellationToken cancellationToken
    ) =>
        StartAsync(
            RedisTiers.Program,
            () => [.. settings, "--cluster-port", FreePort.Find().ToString(CultureInfo.InvariantCulture)],
            null,
            cancellationToken
        );

    /// <summary>
    /// Starts a server of another version than the run's: the path of its program, or its name on the PATH.
    /// </summary>
    /// <inheritdoc cref="StartAsync(CancellationToken)"/>
    public static Task<RedisServer> StartAsync(string program, CancellationToken cancellationToken) =>
        StartAsync(program, () => [], null, cancellationToken);

    /// <summary>Starts the same program as a Sentinel.</summary>
    /// <param name="configuration">The lines that say what it watches.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal static Task<RedisServer> StartSentinelAsync(string configuration, CancellationToken cancellationToken) =>
        StartAsync(RedisTiers.Program, () => [], configuration, cancellationToken);

    private static async Task<RedisServer> StartAsync(
        string program,
        Func<IReadOnlyList<string>> settings,
        string? sentinel,
        CancellationToken cancellationToken
    )
    {
        // Another process may take a port between its choice and the server's bind: then try others.
        for (var attempt = 1; ; attempt++)
        {
            var folder = Directory.CreateTempSubdirectory("redisflow-redis-").FullName;
            var server = new RedisServer(program, folder, FreePort.Find(), settings(), sentinel);
            try
            {
                await server.LaunchAsync(cancellationToken);
                return server;
            }
            catch (InvalidOperationException) when (attempt < 3)
            {
                await server.DisposeAsync();
            }
            catch
            {
                await server.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>Sends one command over a connection of its own.</summary>
    /// <param name="command">The command and its arguments.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The reply; the elements of nested arrays one after the other.</returns>
    /// <exception cref="InvalidOperationException">The server answered with an error.</exception>
    public Task<string[]> AskAsync(IReadOnlyList<string> command, CancellationToken cancellationToken = default) =>
        RedisWire.AskAsync(Port, command, cancellationToken);

    /// <summary>Makes this server a replica of another one.</summary>
    public async Task ReplicateAsync(RedisServer master)
    {
        using var control = await ConnectAsync(admin: true);
        await control
            .GetDatabase()
            .ExecuteAsync("REPLICAOF", "127.0.0.1", master.Port.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Waits until this replica has all that its master has.</summary>
    public Task UntilInSyncAsync(CancellationToken cancellationToken = default) =>
        Eventually.Until(
            () => AskAsync(["INFO", "replication"], cancellationToken),
            info => info[0].Contains("master_link_status:up", StringComparison.Ordinal),
            cancellationToken: cancellationToken
        );

    /// <summary>Cuts the replicas off: their links end, and none is accepted again.</summary>
    public async Task CutReplicasOffAsync(CancellationToken cancellationToken = default)
    {
        await AskAsync(["ACL", "SETUSER", "default", "-psync", "-sync"], cancellationToken);
        await AskAsync(["CLIENT", "KILL", "TYPE", "replica"], cancellationToken);
        await Eventually.Until(
            () => AskAsync(["INFO", "replication"], cancellationToken),
            info => info[0].Contains("connected_slaves:0", StringComparison.Ordinal),
            cancellationToken: cancellationToken
        );
    }

    /// <summary>
    /// Accepts the replicas that <see cref="CutReplicasOffAsync"/> has cut off, and waits for one that has all there
    /// is.
    /// </summary>
    public async Task AcceptReplicasAsync(CancellationToken cancellationToken = default)
    {
        // One whose PSYNC was refused asks for SYNC next, and never confirms anything if it gets that. So that must
        // come later.
        await AskAsync(["ACL", "SETUSER", "default", "+psync"], cancellationToken);
        await Eventually.Until(
            () => AskAsync(["INFO", "replication"], cancellationToken),
            info => info[0].Contains("state=online", StringComparison.Ordinal),
            cancellationToken: cancellationToken
        );
        await AskAsync(["ACL", "SETUSER", "default", "+sync"], cancellationToken);
    }

    /// <summary>Waits until a replica has all that was written to this server before the call.</summary>
    public async Task UntilReplicatedAsync(RedisServer replica, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(replica);
        var written = await OffsetAsync("master_repl_offset", cancellationToken);
        await Eventually.Until(
            () => replica.OffsetAsync("slave_repl_offset", cancellationToken),
            offset => offset >= written,
            cancellationToken: cancellationToken
        );
    }

    /// <summary>Ends the server with SIGTERM, so that it writes its data, and waits for its end.</summary>
    public Task StopAsync() => EndAsync(kill: false);

    /// <summary>Ends the server with SIGKILL, as a crash would, and waits for its end.</summary>
    public Task KillAsync() => EndAsync(kill: true);

    /// <summary>Starts the server again on the same port with the same data; stops it first if it runs.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken = default)
    {
        await StopAsync();
        await LaunchAsync(cancellationToken);
    }

    /// <summary>
    /// Starts the server again as a replica, and waits until it is in sync. It is one from its first moment on: as a
    /// master, with what it had, it would answer those who still have its address.
    /// </summary>
    public async Task RestartAsReplicaAsync(RedisServer master, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(master);
        _master = master.Port;
        await RestartAsync(cancellationToken);
        await UntilInSyncAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await KillAsync();
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task<long> OffsetAsync(string field, CancellationToken cancellationToken)
    {
        var info = (await AskAsync(["INFO", "replication"], cancellationToken))[0];
        var line = info.Split("\r\n").Single(line => line.StartsWith($"{field}:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(field.Length + 1), CultureInfo.InvariantCulture);
    }

    private async Task LaunchAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(_program)
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (
            var argument in _sentinel is null ? Arguments() : await SentinelArgumentsAsync(_sentinel, cancellationToken)
        )
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new FileNotFoundException($"'{_program}' was not found. {RedisTiers.HowToGet}", exception);
        }

        // The pipes must be drained, or a talkative server blocks.
        var log = new ServerLog();
        _process.OutputDataReceived += (_, line) => log.Add(line.Data);
        _process.ErrorDataReceived += (_, line) => log.Add(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();

        var clock = Stopwatch.StartNew();
        while (!await AnswersAsync(cancellationToken))
        {
            if (_process.HasExited || clock.Elapsed > StartLimit)
            {
                throw new InvalidOperationException($"redis-server did not answer on port {Port}. Its output:\n{log}");
            }

            await Task.Delay(20, cancellationToken);
        }
    }

    private string[] Arguments() =>
        [
            "--bind",
            "127.0.0.1",
            "--port",
            Port.ToString(CultureInfo.InvariantCulture),
            "--dir",
            _folder,
            "--appendonly",
            "yes",
            "--appendfsync",
            "everysec",
            "--maxmemory-policy",
            "noeviction",
            "--save",
            "",
            "--daemonize",
            "no",
            .. _settings,
            .. _master is { } master
                ? ["--replicaof", "127.0.0.1", master.ToString(CultureInfo.InvariantCulture)]
                : Array.Empty<string>(),
        ];

    // A Sentinel keeps what it learns in its configuration file: one that exists is that of an earlier start.
    private async Task<string[]> SentinelArgumentsAsync(string configuration, CancellationToken cancellationToken)
    {
        var file = Path.Combine(_folder, "sentinel.conf");
        if (!File.Exists(file))
        {
            await File.WriteAllTextAsync(
                file,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"bind 127.0.0.1\nport {Port}\ndir {_folder}\n{configuration}"
                ),
                cancellationToken
            );
        }

        return [file, "--sentinel"];
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(1));
        try
        {
            return await AskAsync(["PING"], limit.Token) is ["PONG"];
        }
        catch (Exception exception) when (exception is SocketException or IOException or InvalidOperationException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task EndAsync(bool kill)
    {
        if (_process is null)
        {
            return;
        }

        if (!_process.HasExited)
        {
            if (kill)
            {
                _process.Kill();
            }
            else
            {
                await ProcessSignal.SendAsync("TERM", _process.Id);
            }

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

    /// <summary>The last lines that the server wrote, for the message of a failed start.</summary>
    private sealed class ServerLog
    {
        private const int Kept = 50;
        private readonly Queue<string> _lines = new();

        public void Add(string? line)
        {
            if (line is null)
            {
                return;
            }

            lock (_lines)
            {
                _lines.Enqueue(line);
                if (_lines.Count > Kept)
                {
                    _lines.Dequeue();
                }
            }
        }

        public override string ToString()
        {
            lock (_lines)
            {
                return string.Join('\n', _lines);
            }
        }
    }
}
