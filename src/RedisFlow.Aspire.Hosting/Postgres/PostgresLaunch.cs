using System.Globalization;

namespace RedisFlow.Aspire.Hosting;

/// <summary>
/// The command line that starts the server. The orchestrator ends a process with SIGTERM, at which PostgreSQL waits
/// until every client has gone: a shell stands between them, and turns that into SIGINT, a fast shutdown. A shell that
/// is killed takes the server with it, where the system can do that. The server of an AppHost that has just ended may
/// still be about to end: the shell waits for that, for ten seconds.
/// </summary>
internal static class PostgresLaunch
{
    private const string Script = """
        with=
        setpriv --pdeathsig INT true 2>/dev/null && with='setpriv --pdeathsig INT --'
        left=100
        while [ $left -gt 0 ] && kill -0 "$(head -n 1 "$3/postmaster.pid" 2>/dev/null)" 2>/dev/null; do
          left=$((left - 1)); sleep 0.1
        done
        trap 'kill -INT $server' INT TERM
        $with "$@" & server=$!
        while kill -0 $server 2>/dev/null; do wait $server; status=$?; done
        exit $status
        """;

    /// <summary>Returns the program and its arguments.</summary>
    /// <param name="binDirectory">The folder of the programs.</param>
    /// <param name="folder">The server's data directory.</param>
    /// <param name="port">The port that it listens on.</param>
    public static IReadOnlyList<string> CommandLine(string binDirectory, string folder, int port) =>
        PostgresUser.Run(
            "/bin/sh",
            "-c",
            Script,
            "postgres",
            Path.Combine(binDirectory, "postgres"),
            "-D",
            folder,
            "-p",
            port.ToString(CultureInfo.InvariantCulture),
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            // The data directory, relative to itself: the path of a socket has at most 107 characters.
            "unix_socket_directories=."
        );
}
