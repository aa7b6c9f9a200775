namespace RedisFlow.Streams.Consuming.Core;

/// <content>Acknowledgements, in batches.</content>
internal sealed partial class ConsumerStateMachine
{
    /// <summary>
    /// One acknowledgement for many entries is worth a factor of 15 to 30 in throughput; beyond this size little more.
    /// </summary>
    public const int AcknowledgementBatch = 256;

    /// <summary>How long the first entry of a batch waits for more.</summary>
    public static readonly TimeSpan AcknowledgementDelay = TimeSpan.FromMilliseconds(5);

    private readonly Queue<MessagePosition> _handled = new();
    private int _acknowledging;
    private long _firstHandledAt;

    /// <summary>Takes the next batch, if it is due.</summary>
    /// <param name="batch">Receives the positions.</param>
    /// <returns><see cref="TimeSpan.Zero"/>: acknowledge the batch now. More: nothing is due before then. <c>null</c>:
    /// there is nothing.</returns>
    public TimeSpan? TakeAcknowledgements(List<MessagePosition> batch)
    {
        lock (_lock)
        {
            if (_handled.Count == 0)
            {
                return null;
            }

            var waited = _time.GetElapsedTime(_firstHandledAt);
            if (_handled.Count < AcknowledgementBatch && waited < AcknowledgementDelay && !_stopped)
            {
                return AcknowledgementDelay - waited;
            }

            while (batch.Count < AcknowledgementBatch && _handled.TryDequeue(out var position))
            {
                batch.Add(position);
            }

            _firstHandledAt = _time.GetTimestamp();
            return TimeSpan.Zero;
        }
    }

    /// <summary>Redis has confirmed the batch.</summary>
    public void Acknowledged(IReadOnlyList<MessagePosition> batch)
    {
        lock (_lock)
        {
            var before = FreeSlots();
            foreach (var position in batch)
            {
                if (_held.Remove(position, out var held))
                {
                    _acknowledging--;
                    _bytes -= held.Size;
                }
            }

            Freed(before);
        }
    }

    private void Acknowledge(InFlightMessage held)
    {
        var before = FreeSlots();
        _acknowledging++;
        if (_handled.Count == 0)
        {
            _firstHandledAt = _time.GetTimestamp();
        }

        _handled.Enqueue(held.Position);
        if (_handled.Count is 1 or AcknowledgementBatch)
        {
            _signals.AcknowledgementsWaiting();
        }

        Freed(before);
    }
}
