namespace RedisFlow.Streams.Consuming.Core;

/// <summary>
/// The messages that wait for a lane, oldest first. Of each subject one is under way at a time: from its begin until it
/// is settled, its retries included. Later ones of the subject are set aside until then, and hold up no other subject.
/// </summary>
internal sealed class WorkQueue
{
    private readonly Queue<InFlightMessage> _fresh = new();

    // What failed and what was set aside, and may go on; before the fresh ones, since it is older.
    private readonly LinkedList<InFlightMessage> _resumed = new();

    // The subjects that are under way, with what is set aside for them.
    private readonly Dictionary<string, Queue<InFlightMessage>?> _subjects = new(StringComparer.Ordinal);

    /// <summary>Appends a message.</summary>
    public void Add(InFlightMessage held) => _fresh.Enqueue(held);

    /// <summary>
    /// Lets a message that failed go on, before all others: later ones of its subject wait for it, and with an open
    /// circuit it may be the only one that may begin.
    /// </summary>
    public void Resume(InFlightMessage held) => _resumed.AddFirst(held);

    /// <summary>
    /// The next message that may begin; <c>null</c> if there is no such message. It stays in the queue until
    /// <see cref="Take"/>.
    /// </summary>
    public InFlightMessage? Peek()
    {
        while ((_resumed.First?.Value ?? (_fresh.TryPeek(out var fresh) ? fresh : null)) is { } held)
        {
            if (held.State != InFlightState.Waiting)
            {
                // It was lost while it waited.
                RemoveFirst();
            }
            else if (
                held.Subject is not null
                && !held.OwnsSubject
                && _subjects.TryGetValue(held.Subject, out var aside)
            )
            {
                RemoveFirst();
                (aside ??= _subjects[held.Subject] = new Queue<InFlightMessage>()).Enqueue(held);
            }
            else
            {
                return held;
            }
        }

        return null;
    }

    /// <summary>Takes the message that <see cref="Peek"/> returned. Its subject is under way from now on.</summary>
    public void Take(InFlightMessage held)
    {
        RemoveFirst();
        if (held.Subject is not null && !held.OwnsSubject)
        {
            _subjects.Add(held.Subject, null);
            held.OwnsSubject = true;
        }
    }

    /// <summary>The message came to its end: the next of its subject may begin.</summary>
    /// <returns>Whether there is one.</returns>
    public bool LetGo(InFlightMessage held)
    {
        if (!held.OwnsSubject)
        {
            return false;
        }

        held.OwnsSubject = false;
        var aside = _subjects[held.Subject!];
        while (aside?.TryDequeue(out var next) == true)
        {
            if (next.State == InFlightState.Waiting)
            {
                next.OwnsSubject = true;
                _resumed.AddLast(next);
                return true;
            }
        }

        _subjects.Remove(held.Subject!);
        return false;
    }

    private void RemoveFirst()
    {
        if (_resumed.Count > 0)
        {
            _resumed.RemoveFirst();
        }
        else
        {
            _fresh.Dequeue();
        }
    }
}
