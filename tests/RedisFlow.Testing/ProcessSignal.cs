using System.Diagnostics;
using System.Globalization;

namespace RedisFlow.Testing;

/// <summary>Sends signals to processes, which .NET does not.</summary>
public static class ProcessSignal
{
    /// <summary>Sends a signal.</summary>
    /// <param name="signal">Its name, e.g. <c>STOP</c>.</param>
    /// <param name="process">The process id.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task SendAsync(string signal, int process, CancellationToken cancellationToken = default)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(cancellationToken);
    }
}
