using System.Runtime.InteropServices;

namespace RedisFlow.Cli.CommandLine;

/// <summary>Notices that the reader of standard output has gone, while nothing is written, as <c>tail -f</c> does.</summary>
internal static class PipeReader
{
    private const int StandardOutput = 1;
    private const short Error = 0x8; // POLLERR
    private const short HangUp = 0x10; // POLLHUP

    /// <summary>A token that is cancelled when the reader of the process's standard output has closed the pipe.</summary>
    public static CancellationToken Watch()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected)
        {
            return CancellationToken.None;
        }

        // Lives as long as the process, as does the thread, which is blocked in the call.
        var gone = new CancellationTokenSource();
        new Thread(() => WaitUntilGone(gone)) { IsBackground = true, Name = "output" }.Start();
        return gone.Token;
    }

    private static void WaitUntilGone(CancellationTokenSource gone)
    {
        // No events are asked for: errors are reported without.
        var output = new PolledFile { Descriptor = StandardOutput };
        int ready;
        do
        {
            // Less than zero: a signal came.
            ready = poll(ref output, 1, timeout: -1);
        }
        while (ready < 0);

        if ((output.Result & (Error | HangUp)) != 0)
        {
            gone.Cancel();
        }
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int poll(ref PolledFile files, nuint count, int timeout);

    // struct pollfd
    [StructLayout(LayoutKind.Sequential)]
    private struct PolledFile
    {
        public int Descriptor;
        public short Events;
        public short Result;
    }
}
