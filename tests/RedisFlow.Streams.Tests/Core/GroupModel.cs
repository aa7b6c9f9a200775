namespace RedisFlow.Streams.Tests.Core;

/// <summary>
/// A consumer group as Redis keeps it: what was delivered, to whom, how often and when; and the scripts of the engine
/// on it.
/// </summary>
internal sealed class GroupModel(TimeProvider time, TimeSpan lease)
{
    private const int PageSize = 100;

    private int _next;

    public List<ModelEntry> Entries { get; } = [];

    public bool IsSettled => !Unsettled.Any();

    public IEnumerable<ModelEntry> Unsettled => Entries.Where(entry => entry.Outcome == ModelOutcome.None);

    public ModelEntry this[MessagePosition position] => Entries[(int)position.Sequence - 1];

    public void Publish(string? subject, MessageKind kind) =>
        Entries.Add(new(new MessagePosition(1, (ulong)Entries.Count + 1), subject, kind));

    /// <summary>
    /// XREADGROUP; with <paramref name="claims"/> what was idle for longer than the lease comes first, and counts as a
    /// delivery.
    /// </summary>
    public List<(ModelEntry Entry, long Previous)> Read(string consumer, int count, bool claims)
    {
        List<(ModelEntry, long)> read = [];
        foreach (var entry in claims ? Idle() : [])
        {
            if (read.Count < count)
            {
                read.Add((entry, entry.Count++));
                entry.IsDisturbed = true;
                Own(entry, consumer);
            }
        }

        for (; read.Count < count && _next < Entries.Count; _next++)
        {
            var entry = Entries[_next];
            entry.IsPending = true;
            entry.Count = 1;
            Own(entry, consumer);
            read.Add((entry, 0));
        }

        return read;
    }

    /// <summary>XAUTOCLAIM with JUSTID.</summary>
    public List<MessagePosition> Claim(string consumer)
    {
        var claimed = Idle().Take(PageSize).ToList();
        foreach (var entry in claimed)
        {
            // Whether the takeover will be counted depends on what follows.
            entry.IsDisturbed = true;
            Own(entry, consumer);
        }

        return claimed.ConvertAll(entry => entry.Position);
    }

    public List<MessagePosition> PendingOf(string consumer) => Owned(Entries.Select(entry => entry.Position), consumer);

    /// <summary>The script that takes pending entries; it checks the owner.</summary>
    public List<(ModelEntry Entry, long Count)> Take(
        string consumer,
        IEnumerable<MessagePosition> positions,
        bool countDelivery
    ) =>
        Owned(positions, consumer)
            .ConvertAll(position =>
            {
                var entry = this[position];
                entry.Count += countDelivery ? 1 : 0;
                Own(entry, consumer);
                return (entry, entry.Count);
            });

    /// <summary>The script that renews leases; it checks the owner.</summary>
    public List<MessagePosition> Renew(string consumer, IEnumerable<MessagePosition> positions)
    {
        var owned = Owned(positions, consumer);
        owned.ForEach(position => Own(this[position], consumer));
        return owned;
    }

    public void Acknowledge(IEnumerable<MessagePosition> positions)
    {
        foreach (var entry in positions.Select(position => this[position]).Where(entry => entry.IsPending))
        {
            SimulationException.Unless(
                entry.Successes > 0 || entry.Kind == MessageKind.Foreign,
                $"{entry} was acknowledged and never handled"
            );
            entry.Outcome = ModelOutcome.Acknowledged;
            entry.IsPending = false;
        }
    }

    public static void DeadLetter(ModelEntry entry)
    {
        if (entry.IsPending)
        {
            entry.Outcome = ModelOutcome.DeadLettered;
            entry.IsPending = false;
        }
    }

    private List<MessagePosition> Owned(IEnumerable<MessagePosition> positions, string consumer) =>
        [.. positions.Where(position => this[position] is { IsPending: true } entry && entry.Owner == consumer)];

    private List<ModelEntry> Idle()
    {
        var now = time.GetTimestamp();
        return Entries.FindAll(entry => entry.IsPending && time.GetElapsedTime(entry.TouchedAt, now) >= lease);
    }

    private void Own(ModelEntry entry, string consumer)
    {
        entry.Epoch += entry.Owner == consumer ? 0 : 1;
        entry.Owner = consumer;
        entry.TouchedAt = time.GetTimestamp();
    }
}

internal sealed class ModelEntry(MessagePosition position, string? subject, MessageKind kind)
{
    public MessagePosition Position => position;

    public string? Subject => subject;

    public MessageKind Kind => kind;

    public bool IsPending { get; set; }

    public string? Owner { get; set; }

    /// <summary>Grows with each change of the owner.</summary>
    public int Epoch { get; set; }

    public long TouchedAt { get; set; }

    public long Count { get; set; }

    public ModelOutcome Outcome { get; set; }

    public int Successes { get; set; }

    /// <summary>Failures of the handler that the core was told of and that cost an attempt.</summary>
    public int Failures { get; set; }

    /// <summary>
    /// Deliveries and outcomes need not match any more: it was taken over, replayed at a start, or a reply was lost.
    /// </summary>
    public bool IsDisturbed
    {
        get => field || Unanswered > 0;
        set;
    }

    /// <summary>Counted deliveries whose reply has not arrived.</summary>
    public int Unanswered { get; set; }

    public override string ToString() => $"#{position.Sequence} ({kind}, {Outcome}, owner {Owner}, count {Count})";
}

internal enum ModelOutcome
{
    None,
    Acknowledged,
    DeadLettered,
}

internal enum MessageKind
{
    /// <summary>Its handler may fail, and succeeds in the end.</summary>
    Good,

    /// <summary>Its handler always fails.</summary>
    Failing,

    /// <summary>For another application: acknowledged without a handler.</summary>
    Foreign,

    /// <summary>Cannot be decoded: given up at once.</summary>
    Broken,
}
