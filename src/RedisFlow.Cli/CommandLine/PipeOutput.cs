using System.Text;
using Microsoft.Win32.SafeHandles;

namespace RedisFlow.Cli.CommandLine;

/// <summary>
/// Standard output where it is a pipe. The console's own stream ignores that the pipe was closed by its reader, so that
/// a command which continues until Ctrl+C would never end behind <c>head</c>.
/// </summary>
internal sealed class PipeOutput : Stream
{
    private static readonly UTF8Encoding WithoutMark = new(encoderShouldEmitUTF8Identifier: false);

    private readonly FileStream _pipe;

    private PipeOutput(FileStream pipe) => _pipe = pipe;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>A writer to standard output: the console's own, unless it is a pipe.</summary>
    public static TextWriter OfProcess()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected)
        {
            return Console.Out;
        }

        // A file has a position that other processes move too, which a FileStream of ours would not notice.
        var output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return output.CanSeek
            ? Console.Out
            : TextWriter.Synchronized(new StreamWriter(new PipeOutput(output), WithoutMark) { AutoFlush = true });
    }

    /// <inheritdoc/>
    /// <exception cref="OutputClosedException">The reader closed the pipe.</exception>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    /// <exception cref="OutputClosedException">The reader closed the pipe.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            _pipe.Write(buffer);
        }
        catch (IOException exception)
        {
            throw new OutputClosedException(exception);
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        // Nothing is kept back.
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
}
