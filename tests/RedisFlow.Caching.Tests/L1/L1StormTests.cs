using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using RedisFlow.Caching.Invalidating;
using RedisFlow.Caching.L1;
using RedisFlow.Caching.Telemetry;
using RedisFlow.Caching.Time;
using RedisFlow.Streams;

namespace RedisFlow.Caching.Tests;

/// <summary>
/// Everything at once from every thread: fills, sets, invalidations of all kinds, evictions, expiry, clears, restarts
/// and reads. While it goes on, no read may find what was invalidated before the read began. When it is quiet,
/// dictionary, lists, counts and limits must agree to the byte, and the cache must take every entry.
/// REDISFLOW_SEED=&lt;seed&gt; repeats a run, as far as threads can be repeated.
/// </summary>
[Collection(nameof(BusyTests))]
public sealed class L1StormTests(ITestOutputHelper output)
{
    private const int Prefixes = 40;
    private const int KeysPerPrefix = 30;
    private const int Tags = 20;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static TheoryData<int> Seeds =>
        int.TryParse(Environment.GetEnvironmentVariable("REDISFLOW_SEED"), CultureInfo.InvariantCulture, out var seed)
            ? [seed]
            : [.. Enumerable.Range(0, 4).Select(_ => Random.Shared.Next())];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Nothing_stale_nothing_lost_nothing_counted_twice(int seed)
    {
        output.WriteLine($"seed {seed}");
        using var storm = new Storm(seed);
        await storm.RunAsync(TimeSpan.FromSeconds(1.5)).WaitAsync(Limit, TestContext.Current.CancellationToken);
        output.WriteLine(storm.Done);

        Assert.Empty(storm.Faults);
        Assert.Empty(storm.Cache.Audit());
        storm.AssertEverythingHappened();
        storm.AssertServesOnlyWhatIsValid();
        storm.AssertTakesAsMuchAsItMay();
    }

    private static string PrefixName(int prefix) => $"p{prefix}";

    private static string KeyName(int key) => $"p{key / KeysPerPrefix}:k{key}";

    private static string TagName(int tag) => $"t{tag}";

    private static MessagePosition At(long position) => new((ulong)position, 0);

    private sealed class Storm : IDisposable
    {
        private const int Entries = 300;
        private const int Bytes = 150_000;

        private readonly int _seed;
        private readonly FakeTimeProvider _time = new();
        private readonly CacheMetrics _metrics = new();
        private readonly InvalidationLog _log;
        private readonly Model _model = new();
        private readonly ConcurrentDictionary<string, long> _done = new();

        public Storm(int seed)
        {
            _seed = seed;
            _log = new InvalidationLog(200, 100, TimeSpan.FromSeconds(30), _time);
            Cache = new L1Cache(
                _log,
                new CachingOptions { LocalEntryLimit = Entries, LocalByteLimit = Bytes },
                _time,
                _metrics
            );
            _model.Restart(position => _log.Restart(position));
        }

        public L1Cache Cache { get; }

        public ConcurrentQueue<string> Faults { get; } = new();

        public string Done =>
            string.Join(
                ", ",
                _done.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {pair.Value}")
            ) + $", evictions {_metrics.Evictions.Value}";

        public void Dispose() => _model.Dispose();

        public Task RunAsync(TimeSpan length)
        {
            var end = Environment.TickCount64 + (long)length.TotalMilliseconds;
            return Task.WhenAll(
                Enumerable
                    .Range(0, Math.Max(6, Environment.ProcessorCount * 2))
                    .Select(worker =>
                        Threads.Run(() =>
                        {
                            var random = new Random(HashCode.Combine(_seed, worker));
                            while (Environment.TickCount64 < end && Faults.IsEmpty)
                            {
                                Step(random);
                            }
                        })
                    )
            );
        }

        public void AssertEverythingHappened()
        {
            foreach (
                var what in (string[])
                    [
                        "stored",
                        "refused",
                        "stored from Redis",
                        "found",
                        "found stale",
                        "key",
                        "prefix",
                        "tag",
                        "everything",
                        "clear",
                        "restart",
                    ]
            )
            {
                Assert.True(_done.GetValueOrDefault(what) > 0, $"'{what}' did not happen.");
            }

            Assert.True(_metrics.Evictions.Value > 0);
        }

        public void AssertServesOnlyWhatIsValid()
        {
            var found = 0;
            for (var key = 0; key < Prefixes * KeysPerPrefix; key++)
            {
                found += Read(key, isStale: true) ? 1 : 0;
            }

            Assert.Empty(Faults);

            // The reads have dropped the others.
            Assert.Equal(Cache.Count, found);
            Assert.Empty(Cache.Audit());
        }

        // MemoryCache would fail here: its size, once counted wrongly, refuses entries for good.
        public void AssertTakesAsMuchAsItMay()
        {
            var keys = Enumerable.Range(0, 4 * Entries).Select(i => $"after:{i}").ToArray();
            foreach (var key in keys)
            {
                var ticket = _log.Begin();
                Assert.True(Cache.TryStore(Entry(key, [], ticket.AsOf, TimeSpan.FromHours(1), default, 1), ticket));
            }

            Assert.Equal(Entries, Cache.Count);
            Assert.InRange(keys.Count(key => Cache.Get(key) is not null), Entries / 2, Entries);
            Assert.Empty(Cache.Audit());
            Cache.Clear();
            Assert.Equal((0, 0), (Cache.Count, Cache.Bytes));
            Assert.Empty(Cache.Audit());
        }

        private void Step(Random random)
        {
            var prefix = random.Next(Prefixes);
            int AnyKey() => (prefix * KeysPerPrefix) + random.Next(KeysPerPrefix);
            switch (random.Next(1000))
            {
                case < 450:
                    Read(AnyKey(), isStale: random.Next(4) == 0);
                    break;
                case < 850:
                    Store(random, KeyName(AnyKey()));
                    break;
                case < 970:
                    // Sometimes several keys with one message, some of them twice.
                    Invalidate(
                        "key",
                        new What([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => AnyKey())], [], [], false)
                    );
                    break;
                case < 980:
                    Invalidate("prefix", new What([], [prefix], [], false));
                    break;
                case < 990:
                    Invalidate("tag", new What([], [], [random.Next(Tags)], false));
                    break;
                case < 992:
                    Rarely(random, () => Invalidate("everything", new What([], [], [], true)));
                    break;
                case < 994:
                    Rarely(
                        random,
                        () =>
                        {
                            Cache.Clear();
                            Count("clear");
                        }
                    );
                    break;
                case < 996:
                    Rarely(
                        random,
                        () =>
                        {
                            _model.Restart(position =>
                            {
                                _log.Restart(position);
                                Cache.Clear();
                            });
                            Count("restart");
                        }
                    );
                    break;
                default:
                    _time.Advance(TimeSpan.FromMilliseconds(random.Next(500)));
                    break;
            }
        }

        // What empties the cache must leave it the time to fill up to its limits.
        private static void Rarely(Random random, Action action)
        {
            if (random.Next(10) == 0)
            {
                action();
            }
        }

        private bool Read(int key, bool isStale)
        {
            // Asked before the read begins. Which tags the entry has is known only after it.
            var invalidated = _model.LastOf(key);
            var tags = _model.TagsNow();
            var name = KeyName(key);
            if ((isStale ? Cache.GetStale(name) : Cache.Get(name)) is not { } entry)
            {
                return false;
            }

            Count(isStale ? "found stale" : "found");
            var invalidatedByTag = At(
                entry
                    .Tags.Select(tag => tags[int.Parse(tag.AsSpan(1), CultureInfo.InvariantCulture)])
                    .DefaultIfEmpty()
                    .Max()
            );
            if (entry.Key != name || entry.AsOf < invalidated || entry.AsOf < invalidatedByTag)
            {
                Faults.Enqueue(
                    $"{name}: found {entry.Key} as of {entry.AsOf}, invalidated at {invalidated}, by a tag at "
                        + $"{invalidatedByTag}"
                );
            }

            return true;
        }

        private void Store(Random random, string key)
        {
            var ticket = _log.Begin();
            if (random.Next(3) == 0)
            {
                // A load takes its time.
                Thread.Yield();
            }

            string[] tags = random.Next(3) == 0 ? [TagName(random.Next(Tags)), TagName(random.Next(Tags))] : [];

            // One in a hundred is larger than the whole cache may be.
            var size = random.Next(100) == 0 ? Bytes + 1 : random.Next(600);
            var entry = Entry(
                key,
                tags,
                ticket.AsOf,
                TimeSpan.FromMilliseconds(random.Next(1, 60_000)),
                TimeSpan.FromMilliseconds(random.Next(60_000)),
                size
            );
            if (random.Next(4) == 0)
            {
                Count(Cache.TryStoreFromL2(entry, ticket) ? "stored from Redis" : "refused");
            }
            else
            {
                Count(Cache.TryStore(entry, ticket) ? "stored" : "refused");
            }
        }

        private void Invalidate(string name, What what)
        {
            var message = what.Message;
            _model.Invalidate(what, position => Cache.Apply(message, position), _log.Advance);
            Count(name);
        }

        private SharedEntry<string> Entry(
            string key,
            string[] tags,
            MessagePosition asOf,
            TimeSpan lifetime,
            TimeSpan stale,
            int size
        )
        {
            var expiresAt = new CoarseClock(_time).After(lifetime);
            return new(
                "v",
                key,
                tags,
                asOf,
                new EntryTimes(expiresAt) { StaleUntil = expiresAt + CoarseClock.ToMilliseconds(stale) },
                size
            )
            {
                Policy = TestPolicy.Default,
            };
        }

        private void Count(string what) => _done.AddOrUpdate(what, 1, static (_, count) => count + 1);
    }

    /// <summary>
    /// A stream whose messages are applied by many threads, out of order, and what is invalidated once that has been
    /// applied. It is advanced only to where everything before was applied, as a tail does.
    /// </summary>
    private sealed class Model : IDisposable
    {
        private readonly ReaderWriterLockSlim _restarting = new();
        private readonly Lock _gate = new();
        private readonly SortedSet<long> _underWay = [];
        private readonly long[] _keys = new long[Prefixes * KeysPerPrefix];
        private readonly long[] _prefixes = new long[Prefixes];
        private readonly long[] _tags = new long[Tags];
        private long _everything;
        private long _position = 10;

        public void Restart(Action<MessagePosition> restart)
        {
            _restarting.EnterWriteLock();
            try
            {
                restart(At(++_position));
                Move(ref _everything, _position);
            }
            finally
            {
                _restarting.ExitWriteLock();
            }
        }

        public void Invalidate(What what, Action<MessagePosition> apply, Action<MessagePosition> advance)
        {
            _restarting.EnterReadLock();
            try
            {
                long position;
                lock (_gate)
                {
                    position = ++_position;
                    _underWay.Add(position);
                }

                apply(At(position));
                Array.ForEach(what.Keys, key => Move(ref _keys[key], position));
                Array.ForEach(what.Prefixes, prefix => Move(ref _prefixes[prefix], position));
                Array.ForEach(what.Tags, tag => Move(ref _tags[tag], position));
                if (what.Everything)
                {
                    Move(ref _everything, position);
                }

                lock (_gate)
                {
                    _underWay.Remove(position);
                    advance(At(_underWay.Count > 0 ? _underWay.Min - 1 : _position));
                }
            }
            finally
            {
                _restarting.ExitReadLock();
            }
        }

        /// <summary>The last invalidation of the key, of its prefix or of everything that was applied.</summary>
        public MessagePosition LastOf(int key) =>
            At(
                Math.Max(
                    Volatile.Read(ref _everything),
                    Math.Max(Volatile.Read(ref _keys[key]), Volatile.Read(ref _prefixes[key / KeysPerPrefix]))
                )
            );

        /// <summary>The last invalidation of each tag that was applied.</summary>
        public long[] TagsNow() => [.. Enumerable.Range(0, Tags).Select(tag => Volatile.Read(ref _tags[tag]))];

        public void Dispose() => _restarting.Dispose();

        private static void Move(ref long slot, long position)
        {
            var last = Volatile.Read(ref slot);
            while (position > last)
            {
                var before = Interlocked.CompareExchange(ref slot, position, last);
                if (before == last)
                {
                    return;
                }

                last = before;
            }
        }
    }

    private sealed record What(int[] Keys, int[] Prefixes, int[] Tags, bool Everything)
    {
        public CacheInvalidation Message
        {
            get
            {
                var message = Invalidation.Of(Keys.Select(KeyName), Prefixes.Select(PrefixName), Tags.Select(TagName));
                message.All = Everything;
                return message;
            }
        }
    }
}
