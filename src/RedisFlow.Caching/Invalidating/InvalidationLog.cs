using RedisFlow.Caching.Keys;
using RedisFlow.Caching.Time;
using RedisFlow.Streams;

namespace RedisFlow.Caching.Invalidating;

/// <summary>
/// What this instance knows of past invalidations, and the judge of every entry: an entry whose load began at
/// <c>asOf</c> is valid if and only if nothing that matches it was invalidated after <c>asOf</c>. Thread-safe.
/// </summary>
/// <remarks>
/// Invalidations of single keys are kept for as long as a load in flight or an entry in Redis may need them; those of
/// prefixes, tags and everything are epochs, kept while the log runs. <see cref="ForgottenBefore"/> says where the
/// memory of keys begins.
/// <para>
/// Entries in Redis can be older than the log, or of a stream that is gone. What the log did not hear itself it takes
/// from the group: tombstones, and the persisted epochs. These are kept apart from the log's own: they judge entries
/// from Redis only, since their positions may be of another stream, and must not keep this instance from storing what
/// it loads.
/// </para>
/// </remarks>
internal sealed class InvalidationLog(int rememberedKeys, int rememberedEpochs, TimeSpan maxLoadTime, TimeProvider time)
{
    // Far enough back for every limit, and not so far that subtracting it overflows.
    private const long NeverCaughtUp = long.MinValue / 2;

    private readonly Lock _gate = new();
    private readonly CoarseClock _clock = new(time);
    private readonly KeyRecords _keys = new(rememberedKeys);
    private readonly EpochTable _epochs = new(rememberedEpochs);
    private readonly EpochTable _persistedEpochs = new(rememberedEpochs);
    private volatile BulkMark _mark = new(0);
    private bool _epochsComplete;
    private MessagePosition _applied;
    private MessagePosition _forgottenBefore;
    private MessagePosition _storedFrom;
    private bool _startIsKnown;
    private MessagePosition? _settled;
    private long _caughtUpAt = NeverCaughtUp;

    /// <summary>The bulk invalidations up to now. An entry that was checked against this mark is valid.</summary>
    public BulkMark Mark => _mark;

    /// <summary>Invalidations of keys from before this position may be unknown here.</summary>
    public MessagePosition ForgottenBefore
    {
        get
        {
            lock (_gate)
            {
                return _forgottenBefore;
            }
        }
    }

    /// <summary>The position that this instance has applied.</summary>
    public MessagePosition Applied
    {
        get
        {
            lock (_gate)
            {
                return _applied;
            }
        }
    }

    public int RememberedKeys
    {
        get
        {
            lock (_gate)
            {
                return _keys.Count;
            }
        }
    }

    public int RememberedEpochs => _epochs.Count + _persistedEpochs.Count;

    /// <summary>
    /// Begins again at a position: nothing from before is known, and nothing that was stored before is valid any more.
    /// It makes a new generation, since positions may have gone back (another stream), which comparing them would not
    /// show.
    /// </summary>
    /// <param name="position">The position; everything after it will be recorded.</param>
    /// <param name="afterGap">Whether messages may have been missed, by the group as well: then nothing in Redis from
    /// before is trusted.</param>
    /// <returns>The position from which on entries in Redis may be trusted: they need to be as of it or
    /// later.</returns>
    /// <remarks>
    /// Where the position went back, it is another stream's, and comparing it with those of old entries, tombstones and
    /// epochs in Redis says nothing. Then only entries from after the last position that was applied of the old stream
    /// may be trusted, once the new stream has passed it (ids follow Redis's clock: with its next message, unless the
    /// clock went back too). Until then this instance caches in memory alone, and old tombstones may refuse its fills
    /// until they expire: fewer hits, nothing stale. What remains: entries of an instance that had read further in the
    /// old stream; it moves the persisted epoch itself when it finds the gap.
    /// </remarks>
    public MessagePosition Restart(MessagePosition position, bool afterGap = false)
    {
        lock (_gate)
        {
            // The mark first: from here on no entry of the old generation passes.
            _mark = new BulkMark(_mark.Generation + 1);
            _keys.Clear();
            _epochs.Clear();
            _persistedEpochs.Clear();
            _epochsComplete = false;
            _settled = null;
            if (afterGap)
            {
                _storedFrom = MessagePosition.Max(_storedFrom, position >= _applied ? position : After(_applied));
            }

            // A stream that has no entry yet says nothing of the entries in Redis: they may all be of one that is gone.
            _startIsKnown = position > MessagePosition.Beginning && position >= _storedFrom;
            _forgottenBefore = position;
            _applied = position;
            return _storedFrom;
        }
    }

    /// <summary>
    /// Everything up to the position has been recorded. Called after the records of the position's own message.
    /// </summary>
    public void Advance(MessagePosition position)
    {
        lock (_gate)
        {
            _applied = MessagePosition.Max(_applied, position);
        }
    }

    /// <summary>
    /// A message of this instance came right after what it had applied when the ticket was made, and is recorded: so
    /// everything up to it is, before the tail says so.
    /// </summary>
    public void Follow(in LoadTicket ticket, MessagePosition position)
    {
        lock (_gate)
        {
            if (_mark.Generation == ticket.Generation)
            {
                _applied = MessagePosition.Max(_applied, position);
            }
        }
    }

    /// <summary>Records that a key was invalidated.</summary>
    public void RecordKey(string key, MessagePosition position)
    {
        lock (_gate)
        {
            Forget(_keys.Add(key, position, time.GetTimestamp()));
        }
    }

    /// <summary>
    /// Records the prefixes, tags and the clear-all of an invalidation; its keys are recorded one by one.
    /// </summary>
    public void RecordBulk(CacheInvalidation invalidation, MessagePosition position)
    {
        if (!InvalidationRules.IsBulk(invalidation))
        {
            return;
        }

        lock (_gate)
        {
            var moved = InvalidationRules.IsEverything(invalidation) && _epochs.MoveEverything(position);

            foreach (var prefix in invalidation.Prefixes)
            {
                if (InvalidationRules.NormalizePrefix(prefix) is { Length: > 0 } normalized)
                {
                    moved |= _epochs.MovePrefix(normalized, position);
                }
            }

            foreach (var tag in invalidation.Tags)
            {
                moved |= _epochs.MoveTag(tag, position);
            }

            // The epochs first, then the mark: who sees the mark sees the epochs. What is known already, as the tail's
            // echo of an invalidation that was made here, leaves the mark: no entry needs to be compared once more.
            if (moved)
            {
                _mark = new BulkMark(_mark.Generation);
            }
        }
    }

    /// <summary>
    /// Takes note of how far the service's group has cleaned Redis up, and forgets the keys that are not needed any
    /// more: those that are cleaned up there and older than the longest load.
    /// </summary>
    /// <param name="settled">How far that is; <c>null</c> if it is not known.</param>
    /// <param name="age">How long ago everything was published that this instance has applied now: so long it has been
    /// blind.</param>
    /// <returns>The generation whose persisted epochs should be loaded now, or <c>null</c>.</returns>
    public int? Heartbeat(MessagePosition? settled, TimeSpan age = default)
    {
        Volatile.Write(ref _caughtUpAt, _clock.Now - CoarseClock.ToMilliseconds(age));
        lock (_gate)
        {
            _settled = settled;
            if (settled is not { } position)
            {
                return null;
            }

            var longestLoad = (long)(maxLoadTime.TotalSeconds * time.TimestampFrequency);
            Forget(_keys.Prune(position, time.GetTimestamp() - longestLoad));
            return
                _mark.Generation > 0
                && !_epochsComplete
                && position >= MessagePosition.Max(_forgottenBefore, _storedFrom)
                ? _mark.Generation
                : null;
        }
    }

    /// <summary>
    /// Adds the epochs that the group has written to Redis. To be read after <see cref="Heartbeat"/> asked for them:
    /// then they hold everything up to the log's start, and the tail has brought the rest.
    /// </summary>
    public void AddPersistedEpochs(int generation, PersistedEpochs epochs)
    {
        lock (_gate)
        {
            if (_mark.Generation != generation)
            {
                return;
            }

            _persistedEpochs.MoveEverything(epochs.Everything);
            foreach (var (prefix, position) in epochs.Prefixes)
            {
                _persistedEpochs.MovePrefix(prefix, position);
            }

            foreach (var (tag, position) in epochs.Tags)
            {
                _persistedEpochs.MoveTag(tag, position);
            }

            _epochsComplete = true;
        }
    }

    /// <summary>
    /// How long ago this instance was at the stream's end for sure; <c>null</c> before the first time.
    /// </summary>
    public TimeSpan? Lag => Volatile.Read(ref _caughtUpAt) is var at and not NeverCaughtUp ? _clock.Since(at) : null;

    /// <summary>
    /// Whether the last heartbeat is longer ago than <paramref name="limit"/>. Heartbeats come when the tail is at the
    /// stream's end: so an instance stays blind while it works off what it missed, and one that cannot keep up becomes
    /// blind.
    /// </summary>
    public bool IsBlind(TimeSpan limit) => IsBlind(limit, _clock.Now);

    /// <inheritdoc cref="IsBlind(TimeSpan)"/>
    /// <param name="limit">The limit.</param>
    /// <param name="now">The time by <see cref="CoarseClock"/>, which the caller has read already.</param>
    public bool IsBlind(TimeSpan limit, long now) =>
        now - Volatile.Read(ref _caughtUpAt) > limit.Ticks / TimeSpan.TicksPerMillisecond;

    /// <summary>Begins a load.</summary>
    public LoadTicket Begin()
    {
        lock (_gate)
        {
            return new LoadTicket(_mark.Generation, _applied, _settled, _epochsComplete, time.GetTimestamp());
        }
    }

    /// <summary>
    /// Whether what a ticket's load brings is still valid: stored now, or given to a caller that comes now. To be
    /// called under the lock that invalidations of the key take as well, when the answer decides on storing.
    /// </summary>
    /// <param name="ticket">The load's ticket.</param>
    /// <param name="key">The key.</param>
    /// <param name="tags">Its tags.</param>
    /// <param name="mark">The mark that the entry has then been checked against.</param>
    public bool IsCurrent(in LoadTicket ticket, string key, string[] tags, out BulkMark mark) =>
        IsCurrent(ticket, ticket.AsOf, ticket.AsOf, key, tags, out mark);

    /// <summary>
    /// Whether an entry that was read from Redis may be used, and stored in memory. One from before
    /// <see cref="ForgottenBefore"/> may only if, before it was read, the group had cleaned Redis up to there: then its
    /// being there says that its key was not invalidated up to what was settled. One from after the log's start may
    /// without that: the log heard everything since; unless the entry may be of another stream, see
    /// <see cref="Restart"/>.
    /// </summary>
    /// <param name="ticket">The ticket of the load that read it; taken before the read.</param>
    /// <param name="asOf">The entry's own position.</param>
    /// <param name="key">The key.</param>
    /// <param name="tags">The entry's tags.</param>
    /// <param name="mark">The mark that the entry has then been checked against.</param>
    public bool IsStoredCurrent(
        in LoadTicket ticket,
        MessagePosition asOf,
        string key,
        string[] tags,
        out BulkMark mark
    )
    {
        var covered = ticket is { EpochsComplete: true, Settled: { } settled }
            ? MessagePosition.Max(asOf, settled)
            : asOf;
        lock (_gate)
        {
            return IsCurrent(ticket, asOf, covered, key, tags, out mark)
                && asOf >= _storedFrom
                && (ticket.EpochsComplete || _startIsKnown)
                && !_persistedEpochs.IsLater(key, tags, asOf);
        }
    }

    /// <summary>
    /// Whether an entry in memory that was checked against another mark is still valid: single keys are removed from
    /// memory at once, so only the rest is checked.
    /// </summary>
    /// <param name="checkedAgainst">The mark that the entry was checked against before.</param>
    /// <param name="mark">The mark that it is checked against: <see cref="Mark"/>, read before.</param>
    /// <param name="key">The entry's key.</param>
    /// <param name="tags">The entry's tags.</param>
    /// <param name="asOf">The position that the entry is valid from.</param>
    public bool IsCurrent(BulkMark checkedAgainst, BulkMark mark, string key, string[] tags, MessagePosition asOf) =>
        // Reading takes no lock: a restart may have cleared the epochs while they were asked. It makes its mark before.
        checkedAgainst.Generation == mark.Generation
        && !_epochs.IsLater(key, tags, asOf)
        && _mark.Generation == mark.Generation;

    private bool IsCurrent(
        in LoadTicket ticket,
        MessagePosition asOf,
        MessagePosition covered,
        string key,
        string[] tags,
        out BulkMark mark
    )
    {
        lock (_gate)
        {
            mark = _mark;
            return ticket.Generation == mark.Generation
                && covered >= _forgottenBefore
                && !(_keys.LastOf(key, ticket.Own) > asOf)
                && !_epochs.IsLater(key, tags, asOf);
        }
    }

    private static MessagePosition After(MessagePosition position) =>
        position.Sequence < ulong.MaxValue
            ? position with
            {
                Sequence = position.Sequence + 1,
            }
            : new MessagePosition(position.Milliseconds + 1, 0);

    private void Forget(MessagePosition? position)
    {
        if (position > _forgottenBefore)
        {
            _forgottenBefore = position.Value;
        }
    }
}
