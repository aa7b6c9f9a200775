using RedisFlow.Caching.Loading;
using RedisFlow.Testing;

namespace RedisFlow.Caching.Tests;

/// <summary>Policies at work: absence, blindness, loads that processes share.</summary>
public sealed class PolicyReadingTests(RedisFixture redis)
{
    private readonly string _service = ServiceNames.New();
    private readonly TestStream _stream = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task That_there_is_nothing_is_remembered_for_its_own_time()
    {
        await using var instance = NewInstance(
            new CachePolicy { Expiration = TimeSpan.FromHours(1), NullExpiration = TimeSpan.FromSeconds(10) }
        );
        Assert.Equal((null, CacheOutcome.Miss), await ReadAsync(instance, null));
        Assert.Equal((null, CacheOutcome.L1), await ReadAsync(instance, "v1"));
        Pass(instance, TimeSpan.FromSeconds(10));
        Assert.Equal(("v1", CacheOutcome.Miss), await ReadAsync(instance, "v1"));
        Pass(instance, TimeSpan.FromMinutes(59));
        Assert.Equal(("v1", CacheOutcome.L1), await ReadAsync(instance, "v2"));
    }

    // https://github.com/dotnet/extensions/issues/7664
    [Fact]
    [Trait("Suite", "Conformance")]
    public async Task Absence_is_not_cached_where_the_policy_gives_it_no_time()
    {
        await using var instance = NewInstance(new CachePolicy { NullExpiration = TimeSpan.Zero });
        Assert.Equal((null, CacheOutcome.Miss), await ReadAsync(instance, null));
        Assert.Equal(("v1", CacheOutcome.Miss), await ReadAsync(instance, "v1"));
    }

    [Fact]
    public async Task A_blind_instance_passes_its_memory_by()
    {
        await using var instance = NewInstance(new CachePolicy());
        await ReadAsync(instance, "v1");
        instance.Time.Advance(TimeSpan.FromSeconds(16));
        Assert.Equal(("v2", CacheOutcome.Miss), await ReadAsync(instance, "v2"));
        Assert.Equal(1, instance.Metrics.BlindReads.Value);
    }

    [Fact]
    public async Task A_blind_instance_serves_its_memory_for_as_long_as_the_policy_allows_and_says_so()
    {
        await using var instance = NewInstance(
            new CachePolicy { ServeStaleWhileDisconnected = TimeSpan.FromSeconds(30) }
        );
        await ReadAsync(instance, "v1");
        instance.Time.Advance(TimeSpan.FromSeconds(16));
        Assert.Equal(("v1", CacheOutcome.Stale), await ReadAsync(instance, "v2"));
        instance.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(("v2", CacheOutcome.Miss), await ReadAsync(instance, "v2"));
        Assert.Equal(1, instance.StatisticsOf("all").StaleReads.Value);
    }

    // https://github.com/dotnet/extensions/issues/6759
    [Fact]
    [Trait("Suite", "Conformance")]
    public async Task With_a_lease_two_processes_load_a_key_once()
    {
        var policy = new CachePolicy { LoadLease = TimeSpan.FromSeconds(20) };
        await using var first = NewInstance(policy);
        await using var second = NewInstance(policy);
        var source = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var loads = 0;
        var reads = new[] { first, second, first, second }
            .Select(instance =>
                instance
                    .Cache.GetOrCreateAsync(
                        "k",
                        async _ =>
                        {
                            Interlocked.Increment(ref loads);
                            return await source.Task;
                        },
                        cancellationToken: Cancellation
                    )
                    .AsTask()
            )
            .ToArray();
        await Eventually.Until(() => Volatile.Read(ref loads) == 1, cancellationToken: Cancellation);
        source.SetResult("v1");

        Assert.All(await Task.WhenAll(reads), value => Assert.Equal("v1", value));
        Assert.Equal(1, loads);

        // The readers do not wait for it.
        await Eventually.Until(
            async () => await redis.Connection.GetDatabase().KeyExistsAsync($"{_service}:1/lease:k"),
            isHeld => !isHeld,
            cancellationToken: Cancellation
        );
    }

    [Fact]
    public async Task Whoever_waits_for_a_lease_whose_load_failed_loads()
    {
        var policy = new CachePolicy { LoadLease = TimeSpan.FromSeconds(20) };
        await using var first = NewInstance(policy);
        await using var second = NewInstance(policy);
        using var hold = new Hold(first, FillStage.Leased);
        var failing = first
            .Cache.GetOrCreateAsync<string>(
                "k",
                _ => throw new InvalidOperationException("The source is down."),
                cancellationToken: Cancellation
            )
            .AsTask();
        await hold.Reached;
        var waiting = second.ReadAsync("k", "v1");
        hold.Release();

        await Assert.ThrowsAsync<InvalidOperationException>(() => failing);
        Assert.Equal(("v1", CacheOutcome.Miss), await waiting);
    }

    private static void Pass(TestInstance instance, TimeSpan time)
    {
        instance.Time.Advance(time);
        instance.Tail.Heartbeat(instance.Stream.Last);
    }

    private static async Task<(string? Value, CacheOutcome Outcome)> ReadAsync(TestInstance instance, string? fresh)
    {
        using var scope = CacheReadScope.Begin();
        var value = await instance.Cache.GetOrCreateAsync(
            "k",
            fresh,
            static (value, _) => ValueTask.FromResult(value),
            cancellationToken: Cancellation
        );
        return (value, scope.Outcome);
    }

    private TestInstance NewInstance(CachePolicy policy) =>
        new(_stream, redis.Connection, _service, configure: options => options.Policies["all"] = policy);
}
