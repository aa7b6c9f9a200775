using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using RedisFlow.Caching.L2;
using RedisFlow.Caching.Telemetry;
using RedisFlow.Streams;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Caching.Tests;

/// <summary>
/// Processes of one service that load the same key: each has a cache of its own, all share one Redis.
/// </summary>
public sealed class L2LeaseTests(RedisFixture redis)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly string _service = ServiceNames.New();
    private readonly CacheMetrics _metrics = new();
    private readonly FakeTimeWithRealTimers _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string LeaseKey => $"{_service}:1/lease:k";

    [Fact]
    public async Task One_of_many_gets_the_lease_and_the_next_one_after_its_release()
    {
        var (first, second) = (NewProcess(), NewProcess());
        for (var round = 0; round < 20; round++)
        {
            var attempts = await Task.WhenAll(
                Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? first : second).Lease.TryAcquireAsync("k", Minute))
            );
            var taken = Assert.Single(attempts, lease => lease is not null);
            var remaining = await redis.Connection.GetDatabase().KeyTimeToLiveAsync(LeaseKey);
            Assert.InRange(remaining!.Value, TimeSpan.FromSeconds(30), Minute);
            await first.Lease.ReleaseAsync(taken!);
            Assert.False(await redis.Connection.GetDatabase().KeyExistsAsync(LeaseKey));
        }

        Assert.Equal(0, _metrics.L2Errors.Value);
    }

    [Fact]
    public async Task Each_key_has_a_lease_of_its_own()
    {
        var process = NewProcess();
        Assert.NotNull(await process.Lease.TryAcquireAsync("k", Minute));
        Assert.NotNull(await process.Lease.TryAcquireAsync("lease:k", Minute));
        Assert.Null(await process.Lease.TryAcquireAsync("k", Minute));
    }

    /// <summary>The holder was slower than its lease; another has it now.</summary>
    [Fact]
    public async Task A_late_release_does_not_end_the_lease_of_another()
    {
        var (slow, other) = (NewProcess(), NewProcess());
        var ended = await slow.Lease.TryAcquireAsync("k", TimeSpan.FromMilliseconds(1));
        var taken = await Eventually.Until(
            () => other.Lease.TryAcquireAsync("k", Minute),
            lease => lease is not null,
            cancellationToken: Cancellation
        );
        await slow.Lease.ReleaseAsync(ended!);
        Assert.Null(await slow.Lease.TryAcquireAsync("k", Minute));
        await other.Lease.ReleaseAsync(taken!);
        Assert.NotNull(await slow.Lease.TryAcquireAsync("k", Minute));
    }

    [Fact]
    public async Task Who_waits_gets_what_the_holder_stores()
    {
        var (holder, waiter) = (NewProcess(), NewProcess());
        var lease = await holder.Lease.TryAcquireAsync("k", Minute);
        var wait = WaitAsync(waiter, asOf: 10);
        await holder.FillAsync("k", 10, "ten");
        var (end, entry) = await wait.WaitAsync(Eventually.DefaultLimit, Cancellation);
        Assert.Equal(LeaseWaitEnd.EntryStored, end);
        Assert.Equal("ten", Encoding.UTF8.GetString(entry!.Payload.Span));
        await holder.Lease.ReleaseAsync(lease!);
    }

    /// <summary>The entry that made a caller load is still there: it is not what the waiters wait for.</summary>
    [Fact]
    public async Task An_entry_that_will_not_do_is_waited_past()
    {
        var (holder, waiter) = (NewProcess(), NewProcess());
        await holder.FillAsync("k", 10, "ten");
        var lease = await holder.Lease.TryAcquireAsync("k", Minute);
        var seen = 0;
        var wait = waiter.Lease.WaitForEntryAsync(
            "k",
            Minute,
            (least, entry) => Interlocked.Increment(ref seen) > 0 && entry.AsOf >= least,
            new MessagePosition(11, 0),
            Cancellation
        );
        await Eventually.Until(() => Volatile.Read(ref seen) > 2, cancellationToken: Cancellation);
        Assert.False(wait.IsCompleted);
        await holder.FillAsync("k", 11, "eleven");
        await holder.Lease.ReleaseAsync(lease!);
        Assert.Equal(
            "eleven",
            Encoding.UTF8.GetString((await wait.WaitAsync(Eventually.DefaultLimit, Cancellation)).Entry!.Payload.Span)
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_waits_is_told_that_the_load_failed(bool released)
    {
        var (holder, waiter) = (NewProcess(), NewProcess());
        var lease = await holder.Lease.TryAcquireAsync("k", released ? Minute : TimeSpan.FromSeconds(1));
        var wait = WaitAsync(waiter, asOf: 10);
        if (released)
        {
            await holder.Lease.ReleaseAsync(lease!);
        }

        Assert.Equal(
            new LeaseWait(LeaseWaitEnd.LeaseFree, null),
            await wait.WaitAsync(Eventually.DefaultLimit, Cancellation)
        );
    }

    [Fact]
    public async Task A_wait_ends_with_its_limit()
    {
        var (holder, waiter) = (NewProcess(), NewProcess());
        await holder.Lease.TryAcquireAsync("k", 10 * Minute);
        var wait = WaitAsync(waiter, asOf: 10);
        _time.Advance(Minute - TimeSpan.FromTicks(1));
        Assert.False(wait.IsCompleted);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(
            new LeaseWait(LeaseWaitEnd.LimitReached, null),
            await wait.WaitAsync(Eventually.DefaultLimit, Cancellation)
        );
    }

    [Fact]
    public async Task A_wait_ends_with_its_caller()
    {
        var (holder, waiter) = (NewProcess(), NewProcess());
        await holder.Lease.TryAcquireAsync("k", 10 * Minute);
        using var caller = new CancellationTokenSource();
        var wait = waiter.Lease.WaitForEntryAsync("k", Minute, static (_, _) => true, 0, caller.Token);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            wait.WaitAsync(Eventually.DefaultLimit, Cancellation)
        );
    }

    [Fact]
    public async Task Without_Redis_everybody_has_the_lease_and_nobody_waits()
    {
        await using var server = await RedisServer.StartAsync(Cancellation);
        using var connection = await server.ConnectAsync();
        var (first, second) = (NewProcess(connection), NewProcess(connection));
        var held = await first.Lease.TryAcquireAsync("k", 10 * Minute);
        Assert.NotNull(held);
        Assert.Null(await second.Lease.TryAcquireAsync("k", 10 * Minute));
        await server.KillAsync();

        // The clock stands still: what ends the wait is not its limit.
        Assert.NotNull(await second.Lease.TryAcquireAsync("k", 10 * Minute));
        Assert.Equal(
            new LeaseWait(LeaseWaitEnd.LeaseFree, null),
            await WaitAsync(second, asOf: 10).WaitAsync(Eventually.DefaultLimit, Cancellation)
        );
        await first.Lease.ReleaseAsync(held);

        // And once the circuit is open, no caller waits for an answer either.
        await Eventually.Until(
            async () =>
                await second.Lease.TryAcquireAsync("k", Minute) is not null && second.L2.Circuit == L2CircuitState.Open,
            cancellationToken: Cancellation
        );
        Assert.True(second.Lease.TryAcquireAsync("k", Minute).IsCompletedSuccessfully);
        Assert.True(WaitAsync(second, asOf: 10).IsCompletedSuccessfully);
    }

    [Fact]
    public void No_entrys_key_is_a_leases_key()
    {
        string[] parts = ["", ":", "/", "lease:", "/lease:", ":lease:", "epochs", "k", "1", "1/lease:"];
        string[] keys = [.. from a in parts from b in parts from c in parts select a + b + c];
        var layout = new L2Keys("service", "1");
        var entries = keys.Select(layout.Entry).ToHashSet();
        Assert.DoesNotContain(keys.Select(layout.Lease), entries.Contains);
        Assert.DoesNotContain(layout.Epochs, entries);
    }

    private static Task<LeaseWait> WaitAsync(Process process, ulong asOf) =>
        process.Lease.WaitForEntryAsync(
            "k",
            Minute,
            static (least, entry) => entry.AsOf >= least,
            new MessagePosition(asOf, 0),
            Cancellation
        );

    private Process NewProcess(IConnectionMultiplexer? connection = null)
    {
        var options = new CachingOptions { Service = _service, RedisTimeout = TimeSpan.FromSeconds(5) };
        var l2 = new L2Cache(
            () => (connection ?? redis.Connection).GetDatabase(),
            options,
            _time,
            _metrics,
            NullLogger<StreamHybridCache>.Instance
        );
        return new Process(l2, new L2Lease(l2, options, _time), _time);
    }

    private sealed record Process(L2Cache L2, L2Lease Lease, FakeTimeWithRealTimers Time)
    {
        public Task FillAsync(string key, ulong asOf, string value)
        {
            var now = Time.GetUtcNow();
            return L2.FillAsync(
                key,
                new L2Entry(
                    new MessagePosition(asOf, 0),
                    now,
                    now.AddHours(1),
                    [],
                    IsNull: false,
                    Encoding.UTF8.GetBytes(value)
                ),
                Time.GetTimestamp()
            );
        }
    }
}
