using System.Runtime.InteropServices;

namespace RedisFlow.Cli.CommandLine;

/// <summary>
/// Notices that the reader of standard output has gone, while nothing is written, as <c>tail -f</c> does.
/// </summary>
internal static class PipeReader
{
    private const int StandardOutput = 1;
    private const short Error = 0x8; // POLLERR
    private const short HangUp = 0x10; // POLLHUP
    private const int Interrupted = 4; // EINTR

    /// <summary>
    /// A token that is cancelled when the reader of the process's standard output has closed the pipe.
    /// </summary>
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
            ready = poll(ref output, 1, timeout: -1);
        } while (ready < 0 && Marshal.GetLastPInvokeError() == Interrupted);

        if ((output.Result & (Error | HangUp)) != 0)
        {
            gone.Cancel();
        }
    }

    [DllImport("libc", SetLastError = true)]
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
