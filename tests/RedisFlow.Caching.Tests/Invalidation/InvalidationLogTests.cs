using Microsoft.Extensions.Time.Testing;
using RedisFlow.Caching.Invalidating;
using RedisFlow.Caching.L1;
using RedisFlow.Caching.Time;
using RedisFlow.Streams;

namespace RedisFlow.Caching.Tests;

[Collection(nameof(BusyTests))]
public sealed class InvalidationLogTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly InvalidationLog _log;

    public InvalidationLogTests() => _log = NewLog();

    [Fact]
    public void A_key_invalidated_after_the_load_began_is_stale_and_before_it_is_not()
    {
        var before = Started(10);
        _log.RecordKey("a", At(11));
        _log.Advance(At(11));
        var after = _log.Begin();

        Assert.False(IsCurrent(before, "a"));
        Assert.True(IsCurrent(before, "b"));
        Assert.True(IsCurrent(after, "a"));
    }

    [Fact]
    public void Blindness_counts_from_when_the_streams_end_was_asked_for_not_from_when_it_was_reached()
    {
        _log.Restart(At(10));
        _log.Heartbeat(At(10), age: TimeSpan.FromSeconds(12));
        Assert.False(_log.IsBlind(TimeSpan.FromSeconds(15)));

        // An answer that waited while the process was suspended says nothing about now.
        _log.Heartbeat(At(10), age: TimeSpan.FromSeconds(16));
        Assert.True(_log.IsBlind(TimeSpan.FromSeconds(15)));

        _log.Heartbeat(At(10), age: TimeSpan.FromSeconds(12));
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.True(_log.IsBlind(TimeSpan.FromSeconds(15)));
    }

    [Fact]
    public void An_instance_is_blind_until_the_first_heartbeat_and_again_after_the_limit()
    {
        var limit = TimeSpan.FromSeconds(15);
        var clock = new CoarseClock(_time);
        Assert.True(_log.IsBlind(limit));
        Assert.True(_log.IsBlind(TimeSpan.MaxValue));
        _log.Restart(At(10));
        Assert.True(_log.IsBlind(limit));
        _log.Heartbeat(null);
        Assert.False(_log.IsBlind(limit, clock.After(limit)));
        Assert.True(_log.IsBlind(limit, clock.After(limit) + 1));
        _time.Advance(limit);
        Assert.False(_log.IsBlind(limit));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(_log.IsBlind(limit));
    }

    [Fact]
    public void An_invalidation_at_the_very_position_of_the_load_is_contained_in_it()
    {
        _log.Restart(At(10));
        _log.RecordKey("a", At(11));
        _log.Advance(At(11));

        Assert.Equal(At(11), _log.Begin().AsOf);
        Assert.True(IsCurrent(_log.Begin(), "a"));
    }

    [Theory]
    [InlineData("company:4", "company:4", true)]
    [InlineData("company:4", "company:4:report", true)]
    [InlineData("company:4", "company:42", false)]
    [InlineData("company:4", "company", false)]
    [InlineData("company:4:", "company:4:report", true)]
    [InlineData("company:4:", "company:4", true)]
    [InlineData("company", "company:4:report", true)]
    [InlineData("company", "companies", false)]
    [InlineData("*", "anything", true)]
    [InlineData("", "anything", true)]
    [InlineData("a::b", "a::b:c", true)]
    [InlineData("a", "a::b", true)]
    public void Prefixes_match_at_colons(string prefix, string key, bool matches)
    {
        var ticket = Started(10);
        _log.RecordBulk(Invalidation.Prefix(prefix), At(11));

        Assert.Equal(!matches, IsCurrent(ticket, key));
    }

    [Fact]
    public void Tags_match_the_entries_that_have_them()
    {
        var ticket = Started(10);
        _log.RecordBulk(Invalidation.Tag("red"), At(11));

        Assert.False(IsCurrent(ticket, "a", "blue", "red"));
        Assert.True(IsCurrent(ticket, "a", "blue"));
        Assert.True(IsCurrent(ticket, "a"));
    }

    [Fact]
    public void Everything_matches_everything()
    {
        var ticket = Started(10);
        _log.RecordBulk(Invalidation.Everything, At(11));

        Assert.False(IsCurrent(ticket, "a"));
    }

    [Theory]
    [InlineData("prefix")]
    [InlineData("tag")]
    [InlineData("everything")]
    public void A_bulk_invalidation_that_is_heard_again_has_no_entry_compared_again(string kind)
    {
        var invalidation = kind switch
        {
            "prefix" => Invalidation.Prefix("p"),
            "tag" => Invalidation.Tag("p"),
            _ => Invalidation.Everything,
        };
        Started(10);
        var untouched = Mark();
        _log.RecordBulk(invalidation, At(11));
        var first = Mark();
        _log.RecordBulk(invalidation, At(11));
        _log.RecordBulk(invalidation, At(10));
        Assert.NotSame(untouched, first);
        Assert.Same(first, Mark());

        _log.RecordBulk(invalidation, At(12));
        Assert.NotSame(first, Mark());

        BulkMark Mark()
        {
            _log.IsCurrent(_log.Begin(), "other", [], out var mark);
            return mark;
        }
    }

    [Fact]
    public void Epochs_and_key_records_only_move_forward()
    {
        _log.Restart(At(10));
        _log.RecordBulk(Invalidation.Prefix("p"), At(20));
        _log.RecordBulk(Invalidation.Prefix("p"), At(15));
        _log.RecordKey("k", At(20));
        _log.RecordKey("k", At(15));
        _log.Advance(At(17));
        var ticket = _log.Begin();

        Assert.False(IsCurrent(ticket, "p:1"));
        Assert.False(IsCurrent(ticket, "k"));
    }

    [Fact]
    public void Nothing_of_an_earlier_generation_is_current_even_if_positions_went_back()
    {
        var ticket = Started(1000);
        _log.Restart(At(5));

        Assert.False(IsCurrent(ticket, "a"));
        Assert.True(IsCurrent(_log.Begin(), "a"));
    }

    [Fact]
    public void Key_records_are_forgotten_only_when_settled_and_older_than_the_longest_load()
    {
        var ticket = Started(10);
        _log.RecordKey("a", At(11));
        _log.Advance(At(11));

        _log.Heartbeat(At(11));
        Assert.Equal(1, _log.RememberedKeys);
        _time.Advance(TimeSpan.FromMinutes(1));
        _log.Heartbeat(At(10));
        Assert.Equal(1, _log.RememberedKeys);
        _log.Heartbeat(null);
        Assert.Equal(1, _log.RememberedKeys);
        _log.Heartbeat(At(11));
        Assert.Equal(0, _log.RememberedKeys);

        Assert.Equal(At(11), _log.ForgottenBefore);
        Assert.False(IsCurrent(ticket, "a"));
        Assert.True(IsCurrent(_log.Begin(), "a"));
    }

    [Fact]
    public void A_load_from_before_what_was_forgotten_for_want_of_room_is_not_current()
    {
        var log = NewLog(keys: 16);
        log.Restart(At(10));
        var ticket = log.Begin();
        for (ulong i = 1; i <= 17; i++)
        {
            log.RecordKey($"k{i}", At(10 + i));
            log.Advance(At(10 + i));
        }

        Assert.Equal(16, log.RememberedKeys);
        Assert.Equal(At(11), log.ForgottenBefore);
        Assert.False(log.IsCurrent(ticket, "other", [], out _));
        Assert.True(log.IsCurrent(log.Begin(), "k1", [], out _));
    }

    [Fact]
    public void Epochs_beyond_the_limit_are_merged_into_everything_and_never_lost()
    {
        var log = NewLog(epochs: 16);
        log.Restart(At(10));
        var ticket = log.Begin();
        for (ulong i = 1; i <= 100; i++)
        {
            log.RecordBulk(Invalidation.Prefix($"p{i}"), At(10 + i));
            log.Advance(At(10 + i));
        }

        Assert.InRange(log.RememberedEpochs, 1, 16);
        Assert.All(Enumerable.Range(1, 100), i => Assert.False(log.IsCurrent(ticket, $"p{i}:x", [], out _)));
        Assert.True(log.IsCurrent(log.Begin(), "p1:x", [], out _));
    }

    [Fact]
    public void An_old_entry_in_Redis_is_trusted_only_when_the_group_has_caught_up_and_the_epochs_are_loaded()
    {
        _log.Restart(At(100));
        Assert.False(IsStoredCurrent(50));
        Assert.True(IsStoredCurrent(100));

        Assert.Null(_log.Heartbeat(At(99)));
        Assert.False(IsStoredCurrent(50));

        var generation = _log.Heartbeat(At(100));
        Assert.NotNull(generation);
        Assert.False(IsStoredCurrent(50));

        _log.AddPersistedEpochs(
            generation.Value,
            new PersistedEpochs(
                At(30),
                new Dictionary<string, MessagePosition> { ["p"] = At(60) },
                new Dictionary<string, MessagePosition> { ["t"] = At(70) }
            )
        );
        Assert.True(IsStoredCurrent(50));
        Assert.False(IsStoredCurrent(20));
        Assert.False(IsStoredCurrent(50, "p:1"));
        Assert.True(IsStoredCurrent(60, "p:1"));
        Assert.False(IsStoredCurrent(60, "a", "t"));
        Assert.Null(_log.Heartbeat(At(100)));
    }

    [Fact]
    public void Epochs_that_were_read_before_a_gap_do_not_count_after_it()
    {
        _log.Restart(At(100));
        var generation = _log.Heartbeat(At(100))!.Value;
        _log.Restart(At(200));
        _log.AddPersistedEpochs(
            generation,
            new PersistedEpochs(
                At(0),
                new Dictionary<string, MessagePosition>(),
                new Dictionary<string, MessagePosition>()
            )
        );
        _log.Heartbeat(At(200));

        Assert.False(IsStoredCurrent(150));
    }

    [Fact]
    public void While_the_stream_is_empty_entries_in_Redis_are_trusted_only_with_the_epochs_loaded()
    {
        _log.Restart(MessagePosition.Beginning);
        Assert.False(IsStoredCurrent(0));
        Assert.False(IsStoredCurrent(5, "a:1"));

        _log.AddPersistedEpochs(_log.Heartbeat(At(0))!.Value, Epochs(prefix: "a", At(7)));
        Assert.False(IsStoredCurrent(5, "a:1"));
        Assert.True(IsStoredCurrent(5, "b"));
        Assert.True(IsStoredCurrent(8, "a:1"));
    }

    [Fact]
    public void After_a_gap_entries_in_Redis_from_before_it_are_never_trusted()
    {
        _log.Restart(At(10));
        Assert.Equal(At(100), _log.Restart(At(100), afterGap: true));
        _log.AddPersistedEpochs(_log.Heartbeat(At(100))!.Value, Epochs(prefix: "other", At(5)));

        Assert.False(IsStoredCurrent(99));
        Assert.True(IsStoredCurrent(100));
    }

    [Fact]
    public void After_positions_went_back_no_entry_of_the_old_stream_is_trusted_but_loads_are_stored()
    {
        _log.Restart(At(1000));
        var floor = _log.Restart(At(5), afterGap: true);
        Assert.Equal(new MessagePosition(1000, 1), floor);
        Assert.Null(_log.Heartbeat(At(900)));
        Assert.False(IsStoredCurrent(5));
        Assert.False(IsStoredCurrent(1000));
        Assert.False(IsStoredCurrent(1001));
        Assert.True(IsCurrent(_log.Begin(), "a"));

        // The group has passed the old stream's end; the persisted epochs, of the old stream or moved by the gap,
        // concern no load.
        _log.AddPersistedEpochs(
            _log.Heartbeat(At(1001))!.Value,
            new PersistedEpochs(
                floor,
                new Dictionary<string, MessagePosition>(),
                new Dictionary<string, MessagePosition>()
            )
        );
        Assert.False(IsStoredCurrent(1000));
        Assert.True(IsStoredCurrent(1001));
        Assert.True(IsCurrent(_log.Begin(), "a"));

        // Another gap does not make it forget.
        Assert.Equal(floor, _log.Restart(At(7), afterGap: true));
    }

    [Fact]
    public async Task An_epoch_that_is_merged_while_a_reader_looks_for_it_is_found()
    {
        // A long key, whose matching prefix is asked for last: the merge has time to come in between.
        var key = string.Concat(Enumerable.Repeat("k:", 500)) + "end";
        for (var run = 0; run < 300; run++)
        {
            var epochs = new EpochTable(16);
            epochs.MovePrefix(key, At(11));
            using var begin = new Barrier(2);
            var writer = Threads.Run(() =>
            {
                begin.SignalAndWait();
                for (ulong i = 1; i <= 16; i++)
                {
                    epochs.MovePrefix($"p{i}", At(11 + i));
                }
            });
            begin.SignalAndWait(TestContext.Current.CancellationToken);
            do
            {
                Assert.True(epochs.IsLater(key, [], At(10)));
            } while (!writer.IsCompleted);
            await writer;
        }
    }

    [Fact]
    public async Task An_entry_in_memory_does_not_pass_while_a_restart_clears_the_epochs()
    {
        var key = string.Concat(Enumerable.Repeat("k:", 500)) + "end";
        for (var run = 0; run < 300; run++)
        {
            _log.Restart(At(10));
            Assert.True(_log.IsCurrent(_log.Begin(), key, [], out var mark));
            var entry = new SharedEntry<string>("old", key, [], At(10), new EntryTimes(CoarseClock.Never), 0)
            {
                Policy = TestPolicy.Default,
                CheckedAgainst = mark,
            };
            _log.RecordBulk(Invalidation.Prefix(key), At(11));
            using var begin = new Barrier(2);
            var restart = Threads.Run(() =>
            {
                begin.SignalAndWait();
                Thread.SpinWait(run * 10);
                _log.Restart(At(12));
            });
            begin.SignalAndWait(TestContext.Current.CancellationToken);
            do
            {
                Assert.False(entry.IsCurrent(_log));
            } while (!restart.IsCompleted);
            await restart;
        }
    }

    [Fact]
    public void The_own_announcement_of_a_value_does_not_count_against_it_but_anyone_elses_does()
    {
        var quiet = Started(10);
        _log.RecordKey("a", At(12));
        Assert.True(IsCurrent(quiet with { Own = At(12) }, "a"));

        // Another change came before the own announcement, and was heard later.
        _log.RecordKey("a", At(11));
        Assert.False(IsCurrent(quiet with { Own = At(12) }, "a"));
        _log.RecordKey("a", At(13));
        Assert.False(IsCurrent(quiet with { Own = At(12) }, "a"));
    }

    /// <summary>
    /// Random histories against a model that forgets nothing. Safety: what the model calls stale is never current.
    /// Usefulness: what the log remembers enough of, and the model calls valid, is current.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Agrees_with_a_model_that_forgets_nothing(int seed)
    {
        var random = new Random(seed);
        for (var run = 0; run < 60; run++)
        {
            new ModelRun(random, tight: run % 2 == 0).Execute();
        }
    }

    private static MessagePosition At(ulong position) => new(position, 0);

    private static PersistedEpochs Epochs(string prefix, MessagePosition position) =>
        new(
            MessagePosition.Beginning,
            new Dictionary<string, MessagePosition> { [prefix] = position },
            new Dictionary<string, MessagePosition>()
        );

    private InvalidationLog NewLog(int keys = 1000, int epochs = 1000) =>
        new(keys, epochs, TimeSpan.FromSeconds(30), _time);

    private LoadTicket Started(ulong position)
    {
        _log.Restart(At(position));
        return _log.Begin();
    }

    private bool IsCurrent(LoadTicket ticket, string key, params string[] tags) =>
        _log.IsCurrent(ticket, key, tags, out _);

    private bool IsStoredCurrent(ulong asOf, string key = "a", params string[] tags) =>
        _log.IsStoredCurrent(_log.Begin(), At(asOf), key, tags, out _);

    private sealed class ModelRun
    {
        private static readonly string[] Keys = ["a", "a:1", "a:1:x", "a:2", "b", "b:1", "ab"];
        private static readonly string[] Tags = ["t", "u"];

        private readonly Random _random;
        private readonly bool _tight;
        private readonly FakeTimeProvider _time = new();
        private readonly InvalidationLog _log;
        private readonly List<(MessagePosition Position, CacheInvalidation What)> _history = [];
        private readonly List<(LoadTicket Ticket, int Generation)> _tickets = [];
        private int _generation = 1;
        private ulong _now = 100;
        private ulong _settled = 50;

        public ModelRun(Random random, bool tight)
        {
            _random = random;
            _tight = tight;
            _log = new InvalidationLog(tight ? 16 : 10_000, tight ? 16 : 10_000, TimeSpan.FromSeconds(30), _time);
            _log.Restart(At(_now));
        }

        public void Execute()
        {
            for (var step = 0; step < 200; step++)
            {
                Step();
                Check();
            }
        }

        private void Step()
        {
            switch (_random.Next(10))
            {
                case < 4:
                    var what = Any();
                    _history.Add((At(++_now), what));
                    _log.RecordBulk(what, At(_now));
                    foreach (var key in what.Keys)
                    {
                        _log.RecordKey(key, At(_now));
                    }

                    _log.Advance(At(_now));
                    break;
                case < 7:
                    _tickets.Add((_log.Begin(), _generation));
                    break;
                case 7:
                    _settled = Math.Min(_now, _settled + (ulong)_random.Next(30));
                    if (_log.Heartbeat(At(_settled)) is { } generation)
                    {
                        _log.AddPersistedEpochs(generation, Persisted());
                    }

                    break;
                case 8:
                    _time.Advance(TimeSpan.FromSeconds(_random.Next(20)));
                    break;
                default:
                    if (_random.Next(20) == 0)
                    {
                        // A gap: this instance misses some messages, the group does not.
                        for (var i = 0; i < 3; i++)
                        {
                            _history.Add((At(++_now), Any()));
                        }

                        _log.Restart(At(_now));
                        _generation++;
                    }

                    break;
            }
        }

        private void Check()
        {
            var key = Keys[_random.Next(Keys.Length)];
            string[] tags = _random.Next(2) == 0 ? [] : [Tags[_random.Next(2)]];
            if (_tickets.Count > 0)
            {
                var (ticket, generation) = _tickets[_random.Next(_tickets.Count)];
                var current = _log.IsCurrent(ticket, key, tags, out _);
                var stale = IsStale(ticket.AsOf, key, tags, _ => true);
                Assert.False(current && stale, $"stale but current: {key} as of {ticket.AsOf}");
                if (!_tight && generation == _generation && ticket.AsOf >= _log.ForgottenBefore)
                {
                    Assert.True(current || stale, $"valid but not current: {key} as of {ticket.AsOf}");
                }
            }

            // An entry in Redis is there only if no key invalidation that the group has handled removed it.
            var asOf = At((ulong)_random.NextInt64((long)_now + 1));
            var begun = _log.Begin();
            if (
                !IsStale(asOf, key, [], position => begun.Settled is { } settled && position <= settled, keysOnly: true)
                && _log.IsStoredCurrent(begun, asOf, key, tags, out _)
            )
            {
                Assert.False(IsStale(asOf, key, tags, _ => true), $"stale in Redis but current: {key} as of {asOf}");
            }
        }

        private bool IsStale(
            MessagePosition asOf,
            string key,
            string[] tags,
            Func<MessagePosition, bool> counts,
            bool keysOnly = false
        ) =>
            _history.Any(entry =>
                entry.Position > asOf
                && counts(entry.Position)
                && (
                    entry.What.Keys.Contains(key)
                    || (
                        !keysOnly
                        && (
                            entry.What.All
                            || entry.What.Tags.Any(tags.Contains)
                            || entry.What.Prefixes.Any(prefix =>
                                key == prefix || key.StartsWith(prefix + ":", StringComparison.Ordinal)
                            )
                        )
                    )
                )
            );

        private PersistedEpochs Persisted()
        {
            var settled = _history.Where(entry => entry.Position <= At(_settled)).ToArray();
            var everything = settled
                .Where(entry => entry.What.All)
                .Select(entry => entry.Position)
                .DefaultIfEmpty()
                .Max();
            Dictionary<string, MessagePosition> Last(Func<CacheInvalidation, IEnumerable<string>> names) =>
                settled
                    .SelectMany(entry => names(entry.What).Select(name => (name, entry.Position)))
                    .GroupBy(pair => pair.name)
                    .ToDictionary(group => group.Key, group => group.Max(pair => pair.Position));
            return new PersistedEpochs(everything, Last(what => what.Prefixes), Last(what => what.Tags));
        }

        private CacheInvalidation Any() =>
            _random.Next(12) switch
            {
                < 7 => Invalidation.Key(Keys[_random.Next(Keys.Length)]),
                7 => Invalidation.Keys(
                    Keys[_random.Next(Keys.Length)],
                    Keys[_random.Next(Keys.Length)],
                    $"other:{_now}"
                ),
                8 => Invalidation.Prefix(_random.Next(4) == 0 ? "a" : $"z{_now}"),
                9 => Invalidation.Prefix("a:1"),
                10 => Invalidation.Tag(Tags[_random.Next(2)]),
                _ => _random.Next(10) == 0 ? Invalidation.Everything : Invalidation.Key("b"),
            };
    }
}
