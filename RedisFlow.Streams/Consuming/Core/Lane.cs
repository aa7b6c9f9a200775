namespace RedisFlow.Streams.Consuming.Core;

/// <summary>
/// Messages that are handled one after the other, in order. A message that failed and waits does not stop its lane: only the later ones of its own
/// subject are set aside until it is settled.
/// </summary>
#pragma warning disable CA1001 // A token source without a timer holds nothing that must be freed, and a handler may still look at it.
internal sealed class Lane(int index)
#pragma warning restore CA1001
{
    private readonly Queue<Held> _ready = new();

    // What was set aside and may go on; before _ready, since it is older.
    private readonly LinkedList<Held> _resumed = new();
    private Dictionary<string, Queue<Held>>? _aside;
    private CancellationTokenSource _cancellation = new();

    /// <summary>The lane's number.</summary>
    public int Index => index;

    /// <summary>Whether somebody runs it, so that nobody else may.</summary>
    public bool IsActive { get; set; }

    /// <summary>Whether something waits that could run, if nothing else forbids it.</summary>
    public bool HasWork => _resumed.Count > 0 || _ready.Count > 0;

    /// <summary>The source of the token that the running message's handlers have.</summary>
    public CancellationTokenSource Cancellation => _cancellation;

    /// <summary>Appends a message.</summary>
    public void Add(Held held) => _ready.Enqueue(held);

    /// <summary>
    /// Lets a message that failed go on, before all others: it is the oldest of its subject, and with an open circuit it may be the only one that may
    /// begin.
    /// </summary>
    public void Resume(Held held) => _resumed.AddFirst(held);

    /// <summary>The next message; <c>null</c> if there is none. It stays in the lane until <see cref="Take"/>.</summary>
    public Held? Peek()
    {
        while (Front is { } held)
        {
            if (held.State != HeldState.Waiting)
            {
                // It was lost while it waited.
                RemoveFront();
            }
            else if (!held.HoldsBackSubject && held.Subject is not null && _aside?.TryGetValue(held.Subject, out var aside) == true)
            {
                RemoveFront();
                aside.Enqueue(held);
            }
            else
            {
                return held;
            }
        }

        return null;
    }

    /// <summary>Takes the message that <see cref="Peek"/> returned.</summary>
    public void Take()
    {
        RemoveFront();
        if (_cancellation.IsCancellationRequested)
        {
            // That was for an earlier message.
            _cancellation = new CancellationTokenSource();
        }
    }

    /// <summary>The message failed: later ones of its subject are set aside.</summary>
    public void HoldBack(Held held)
    {
        if (held.Subject is { } subject && !held.HoldsBackSubject)
        {
            (_aside ??= new(StringComparer.Ordinal)).TryAdd(subject, new());
            held.HoldsBackSubject = true;
        }
    }

    /// <summary>The message came to an end: what was set aside for it goes on.</summary>
    public void LetGo(Held held)
    {
        if (held.HoldsBackSubject && _aside!.Remove(held.Subject!, out var aside))
        {
            held.HoldsBackSubject = false;
            while (aside.TryDequeue(out var next))
            {
                _resumed.AddLast(next);
            }
        }
    }

    private Held? Front => _resumed.First?.Value ?? (_ready.TryPeek(out var held) ? held : null);

    private void RemoveFront()
    {
        if (_resumed.Count > 0)
        {
            _resumed.RemoveFirst();
        }
        else
        {
            _ready.Dequeue();
        }
    }
}
