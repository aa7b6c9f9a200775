namespace RedisFlow.Verification;

/// <summary>
/// What one process did, appended with one write per line and no buffer of its own: what a call returned from is the
/// kernel's, and survives SIGKILL. (It need not survive a power cut: the machine is not part of the experiment.)
/// </summary>
public sealed class LineFile(string path) : IDisposable
{
    private readonly FileStream _file = new(
        path,
        new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.Read,
            BufferSize = 0,
        }
    );

    private readonly Lock _gate = new();

    /// <summary>Appends a line, or several.</summary>
    /// <param name="line">Its bytes with the line's end.</param>
    public void Append(ReadOnlySpan<byte> line)
    {
        lock (_gate)
        {
            _file.Write(line);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
