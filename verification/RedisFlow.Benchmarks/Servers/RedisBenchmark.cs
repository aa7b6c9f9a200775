using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace RedisFlow.Benchmarks.Servers;

/// <summary>Runs <c>redis-benchmark</c>, which measures the server with as little client as possible.</summary>
internal static class RedisBenchmark
{
    private const string Program = "redis-benchmark";

    /// <summary>Runs a command many times.</summary>
    /// <param name="port">The server on 127.0.0.1.</param>
    /// <param name="requests">How many times.</param>
    /// <param name="clients">From how many connections.</param>
    /// <param name="pipeline">How many commands one connection sends at a time.</param>
    /// <param name="command">The command with its arguments.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Commands per second.</returns>
    /// <exception cref="FileNotFoundException">The program is missing.</exception>
    /// <exception cref="InvalidOperationException">It failed; the message has its output.</exception>
    public static async Task<double> RunAsync(
        int port,
        int requests,
        int clients,
        int pipeline,
        string[] command,
        CancellationToken cancellationToken
    )
    {
        string[] arguments =
        [
            "-h",
            "127.0.0.1",
            "-p",
            Text(port),
            "-n",
            Text(requests),
            "-c",
            Text(clients),
            "-P",
            Text(pipeline),
            "--csv",
            .. command,
        ];
        var start = new ProcessStartInfo(Program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Start(start);
        try
        {
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return Parse(output) ?? throw new InvalidOperationException($"{Program} answered:\n{output}{await error}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    /// <summary>Reads the rate from <c>"XADD …","123456.78",…</c>; <c>null</c> if there is no rate.</summary>
    private static double? Parse(string output)
    {
        // The last line: a header precedes it, in some versions. The rate follows the quoted command, which may contain
        // commas.
        var parts = output.TrimEnd().Split('\n')[^1].Split("\",\"");
        return
            parts.Length > 1
            && double.TryParse(parts[1].Trim('"', '\r'), NumberStyles.Float, CultureInfo.InvariantCulture, out var rate)
            ? rate
            : null;
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new FileNotFoundException(
                $"'{Program}' was not found. Install it (e.g. 'apt-get install redis-tools').",
                exception
            );
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
