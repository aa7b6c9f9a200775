namespace RedisFlow.Streams.Redis;

/// <summary>
/// Says when a loop that reads a stream rests before its next read. Where messages come one by one and fast, each of
/// them would otherwise cost the server a reply, and this process a wake-up. After a rest, one read brings several.
/// </summary>
internal sealed class ReadPace(TimeProvider time)
{
    /// <summary>How long to rest, at least: a message may come so much later.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// Up to this rate, in messages per second, there are no rests: each message is read as soon as it is there.
    /// </summary>
    private const double BusyRate = 6000;

    /// <summary>How long a rate is counted before it is judged.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(5);

    private long _begin = time.GetTimestamp();
    private int _count;
    private bool _isBusy;
    private bool _isFull;

    /// <summary>
    /// Whether to rest before the next read. Not after a read that brought all it could: there may be more at hand.
    /// </summary>
    public bool IsRestDue => _isBusy && !_isFull;

    /// <summary>A read has ended.</summary>
    /// <param name="count">How many messages it brought.</param>
    /// <param name="most">How many it could have brought.</param>
    public void Read(int count, int most)
    {
        _isFull = count >= most;
        _count += count;
        var now = time.GetTimestamp();
        if (time.GetElapsedTime(_begin, now) is var elapsed && elapsed >= Window)
        {
            _isBusy = _count > BusyRate * elapsed.TotalSeconds;
            _begin = now;
            _count = 0;
        }
    }
}
