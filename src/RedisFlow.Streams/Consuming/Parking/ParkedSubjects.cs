using RedisFlow.Streams.Consuming.Core;
using RedisFlow.Streams.Consuming.Groups;
using RedisFlow.Streams.Redis;
using StackExchange.Redis;

namespace RedisFlow.Streams.Consuming.Parking;

/// <summary>
/// The subjects that have parked messages in the group, as far as this worker has heard: of what it parked itself, and
/// of what it reads. It may know some that have none any more: who parks asks Redis. Later messages of such a subject
/// wait behind the parked ones.
/// </summary>
internal sealed class ParkedSubjects(ConsumerIdentity identity, SharedRedis redis)
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _subjects = new(StringComparer.Ordinal);
    private volatile bool _any;
    private int _additions;

    /// <summary>The key that exists while any subject has parked messages: what a read asks for.</summary>
    public RedisKey Key { get; } = identity.Keys.ParkedSubjects(identity.Group);

    /// <summary>A mark of what is known now, to be taken before Redis is asked.</summary>
    public int Mark => Volatile.Read(ref _additions);

    /// <summary>Whether messages of the subject may be parked.</summary>
    public bool Contains(string? subject)
    {
        if (!_any || subject is null)
        {
            return false;
        }

        lock (_lock)
        {
            return _subjects.Contains(subject);
        }
    }

    /// <summary>A message of the subject is parked.</summary>
    public void Add(string subject)
    {
        lock (_lock)
        {
            _subjects.Add(subject);
            _additions++;
            _any = true;
        }
    }

    /// <summary>
    /// The subject had no parked messages when Redis was asked. What was added since the mark may have been parked
    /// after that.
    /// </summary>
    public void Remove(string subject, int mark)
    {
        lock (_lock)
        {
            if (_additions == mark)
            {
                _subjects.Remove(subject);
                _any = _subjects.Count > 0;
            }
        }
    }

    /// <summary>Finds out about the subjects of what was taken from the pending list, before it is handled.</summary>
    public async Task LearnAsync(IReadOnlyCollection<InFlightMessage> taken, CancellationToken cancellationToken)
    {
        if (taken.Count > 0)
        {
            var mark = Mark;
            var anyParked = await redis
                .SendAsync(database => database.KeyExistsAsync(Key, CommandFlags.DemandMaster), cancellationToken)
                .ConfigureAwait(false);
            await LearnAsync(taken, anyParked, mark, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Finds out about the subjects of what was read, before it is handled.</summary>
    /// <param name="read">What was read.</param>
    /// <param name="anyParked">Whether <see cref="Key"/> existed after it was read.</param>
    /// <param name="mark">The <see cref="Mark"/> from before that was asked.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task LearnAsync(
        IEnumerable<InFlightMessage> read,
        bool anyParked,
        int mark,
        CancellationToken cancellationToken
    )
    {
        if (!anyParked)
        {
            Clear(mark);
            return;
        }

        var subjects = read.Select(held => held.Subject).OfType<string>().Distinct(StringComparer.Ordinal).ToArray();
        if (subjects.Length == 0)
        {
            return;
        }

        var counts = await redis
            .SendAsync(
                database =>
                    database.HashGetAsync(
                        Key,
                        Array.ConvertAll(subjects, subject => (RedisValue)subject),
                        CommandFlags.DemandMaster
                    ),
                cancellationToken
            )
            .ConfigureAwait(false);
        foreach (var (subject, count) in subjects.Zip(counts))
        {
            if (!count.IsNull)
            {
                Add(subject);
            }
        }
    }

    /// <summary>
    /// Nothing was parked when Redis was asked. What was added since may have been parked after that.
    /// </summary>
    private void Clear(int mark)
    {
        lock (_lock)
        {
            if (_additions == mark)
            {
                _subjects.Clear();
                _any = false;
            }
        }
    }
}
