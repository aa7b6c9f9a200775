using System.Diagnostics;

namespace RedisFlow.Aspire.Hosting;

/// <summary>Runs a program of the system to its end.</summary>
internal static class SystemCommand
{
    /// <summary>Runs it.</summary>
    /// <param name="line">The program and its arguments.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="DistributedApplicationException">It failed; the message has what it said.</exception>
    public static async Task RunAsync(IReadOnlyList<string> line, string input, CancellationToken stop)
    {
        using var process = Process.Start(
            new ProcessStartInfo(line[0], line.Skip(1))
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(stop);
            var errors = process.StandardError.ReadToEndAsync(stop);
            await WriteAsync(process.StandardInput, input, stop);
            await process.WaitForExitAsync(stop);
            if (process.ExitCode != 0)
            {
                throw new DistributedApplicationException(
                    $"{string.Join(' ', line)} ended with exit code {process.ExitCode}.\n{await output}{await errors}"
                );
            }
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    // A program that has ended reads no more: its exit code says whether it should have.
    private static async Task WriteAsync(StreamWriter writer, string input, CancellationToken stop)
    {
        try
        {
            await writer.WriteLineAsync(input.AsMemory(), stop);
            writer.Close();
        }
        catch (IOException) { }
    }
}
