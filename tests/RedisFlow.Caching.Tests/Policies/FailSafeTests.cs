using RedisFlow.Caching.L1;
using RedisFlow.Caching.Policies;
using RedisFlow.Domain.Messages;
using RedisFlow.Testing;

namespace RedisFlow.Caching.Tests;

/// <summary>What a policy says of sources that fail or are slow.</summary>
public sealed class FailSafeTests(RedisFixture redis)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private readonly string _service = ServiceNames.New();
    private readonly TestStream _stream = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_expired_entry_is_served_when_the_load_fails_and_for_a_moment_without_asking_again()
    {
        await using var instance = NewInstance(new CachePolicy { FailSafe = TimeSpan.FromMinutes(10) });
        Assert.Equal(("v1", CacheOutcome.Miss), await instance.ReadAsync("company:1", "v1"));
        Pass(instance, Lifetime);

        var loads = 0;
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(("v1", CacheOutcome.Stale), await FailAsync(instance, "company:1", () => loads++));
        }

        Assert.Equal(1, loads);
        Pass(instance, TimeSpan.FromSeconds(1));
        Assert.Equal(("v1", CacheOutcome.Stale), await FailAsync(instance, "company:1", () => loads++));
        Assert.Equal(2, loads);
        Assert.Equal((2, 4), (instance.StatisticsOf().LoadFailures.Value, instance.StatisticsOf().StaleReads.Value));

        Pass(instance, TimeSpan.FromSeconds(1));
        Assert.Equal(("v2", CacheOutcome.Miss), await instance.ReadAsync("company:1", "v2"));
        Assert.Equal(("v2", CacheOutcome.L1), await instance.ReadAsync("company:1", "v3"));
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_no_failed_source()
    {
        await using var instance = NewInstance(new CachePolicy { FailSafe = TimeSpan.FromMinutes(10) });
        await instance.ReadAsync("company:1", "v1");
        Pass(instance, Lifetime);
        using var impatient = new CancellationTokenSource();
        var ended = new TaskCompletionSource();
        var read = instance
            .Cache.GetOrCreateAsync(
                "company:1",
                async token =>
                {
                    await impatient.CancelAsync();
                    await Task.Delay(Timeout.Infinite, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    ended.SetResult();
                    token.ThrowIfCancellationRequested();
                    return "never";
                },
                cancellationToken: impatient.Token
            )
            .AsTask();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        await ended.Task.WaitAsync(TimeSpan.FromMinutes(1), Cancellation);

        Assert.Equal("v2", (await instance.ReadAsync("company:1", "v2")).Value);
        Assert.Equal((0, 0), (instance.StatisticsOf().LoadFailures.Value, instance.StatisticsOf().StaleReads.Value));
    }

    [Fact]
    public async Task What_was_invalidated_is_never_served_however_the_load_ends()
    {
        await using var instance = NewInstance(new CachePolicy { FailSafe = TimeSpan.FromMinutes(10) });
        foreach (var key in new[] { "company:1", "company:2", "company:3", "company:4" })
        {
            await instance.ReadAsync(key, "old", tags: ["red"]);
            await InRedis(instance, key);
        }

        Pass(instance, Lifetime);
        _stream.Announce(new CompanyUpdated { CompanyId = 1 });
        _stream.Announce(new CompanyDeleted { CompanyId = 2 });
        await instance.RunGroupAsync();
        await Assert.ThrowsAsync<SourceException>(() => FailAsync(instance, "company:1"));
        await Assert.ThrowsAsync<SourceException>(() => FailAsync(instance, "company:2"));
        Assert.Equal(("old", CacheOutcome.Stale), await FailAsync(instance, "company:3"));

        await instance.Cache.RemoveByTagAsync("red", Cancellation);
        await Assert.ThrowsAsync<SourceException>(() => FailAsync(instance, "company:3"));
        await Assert.ThrowsAsync<SourceException>(() => FailAsync(instance, "company:4"));
    }

    [Fact]
    public async Task An_invalidation_during_the_load_that_fails_counts_too()
    {
        await using var instance = NewInstance(new CachePolicy { FailSafe = TimeSpan.FromMinutes(10) });
        await instance.ReadAsync("company:1", "old");
        await InRedis(instance, "company:1");
        Pass(instance, Lifetime);

        await Assert.ThrowsAsync<SourceException>(() =>
            FailAsync(instance, "company:1", () => _stream.Announce(new CompanyUpdated { CompanyId = 1 }))
        );
    }

    /// <summary>Who cannot hear does not know whether it was invalidated.</summary>
    [Fact]
    public async Task While_blind_no_expired_entry_is_served()
    {
        await using var instance = NewInstance(new CachePolicy { FailSafe = TimeSpan.FromMinutes(10) });
        await instance.ReadAsync("company:1", "old");
        instance.Time.Advance(Lifetime);
        await Assert.ThrowsAsync<SourceException>(() => FailAsync(instance, "company:1"));

        Pass(instance, TimeSpan.Zero);
        Assert.Equal(("old", CacheOutcome.Stale), await FailAsync(instance, "company:1"));
    }

    [Fact]
    public async Task After_the_fail_safe_time_nothing_is_served()
    {
        await using var instance = NewInstance(new CachePolicy { FailSafe = TimeSpan.FromMinutes(10) });
        await instance.ReadAsync("company:1", "old");
        await InRedis(instance, "company:1");
        Pass(instance, Lifetime + TimeSpan.FromMinutes(10));
        await Assert.ThrowsAsync<SourceException>(() => FailAsync(instance, "company:1"));
    }

    [Fact]
    public async Task Another_instance_serves_the_expired_entry_from_Redis()
    {
        var time = new FakeTimeWithRealTimers();
        var policy = new CachePolicy { FailSafe = TimeSpan.FromMinutes(10) };
        await using var first = NewInstance(policy, time);
        await first.ReadAsync("company:1", "v1");
        await InRedis(first, "company:1");
        time.Advance(Lifetime);

        await using var second = NewInstance(policy, time);
        Assert.Equal(("v1", CacheOutcome.Stale), await FailAsync(second, "company:1"));
    }

    [Fact]
    public async Task An_exception_that_is_an_answer_is_given_to_the_caller()
    {
        await using var instance = NewInstance(
            new CachePolicy { FailSafe = TimeSpan.FromMinutes(10) },
            configure: options => options.IsSourceFault = exception => exception is not SourceException
        );
        await instance.ReadAsync("company:1", "old");
        Pass(instance, Lifetime);
        await Assert.ThrowsAsync<SourceException>(() => FailAsync(instance, "company:1"));
    }

    [Fact]
    public async Task A_judgement_of_exceptions_that_throws_is_given_to_the_caller_with_the_fault_of_the_source()
    {
        await using var instance = NewInstance(
            new CachePolicy { FailSafe = TimeSpan.FromMinutes(10) },
            configure: options => options.IsSourceFault = _ => throw new InvalidCastException()
        );
        await instance.ReadAsync("company:1", "old");
        Pass(instance, Lifetime);

        var failed = await Assert.ThrowsAsync<AggregateException>(() =>
            FailAsync(instance, "company:1").WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken)
        );
        Assert.Collection(
            failed.InnerExceptions,
            source => Assert.IsType<SourceException>(source),
            judgement => Assert.IsType<InvalidCastException>(judgement)
        );

        // The next load is a new one.
        Assert.Equal("new", (await instance.ReadAsync("company:1", "new")).Value);
    }

    [Fact]
    public async Task After_the_soft_timeout_the_expired_entry_is_served_and_the_load_goes_on()
    {
        await using var instance = NewInstance(
            new CachePolicy { FailSafe = TimeSpan.FromMinutes(10), SoftTimeout = TimeSpan.FromMilliseconds(20) }
        );
        await instance.ReadAsync("company:1", "v1");
        Pass(instance, Lifetime);

        var source = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var token = CancellationToken.None;
        Assert.Equal(
            ("v1", CacheOutcome.Stale),
            await LoadAsync(
                instance,
                "company:1",
                cancel =>
                {
                    token = cancel;
                    return source.Task;
                }
            )
        );
        Assert.False(token.IsCancellationRequested);
        Assert.Equal(1, instance.StatisticsOf().LoadTimeouts.Value);

        source.SetResult("v2");
        await Eventually.Until(
            () => instance.L1.Get("company:1") is SharedEntry<string> { Value: "v2" },
            cancellationToken: Cancellation
        );
        Assert.Equal(("v2", CacheOutcome.L1), await instance.ReadAsync("company:1", "v3"));
    }

    [Fact]
    public async Task After_the_soft_timeout_a_caller_without_anything_to_serve_waits_on()
    {
        await using var instance = NewInstance(
            new CachePolicy { FailSafe = TimeSpan.FromMinutes(10), SoftTimeout = TimeSpan.FromMilliseconds(1) }
        );
        var source = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var read = LoadAsync(instance, "company:1", _ => source.Task);
        await Eventually.Until(() => instance.StatisticsOf().LoadTimeouts.Value == 1, cancellationToken: Cancellation);
        Assert.False(read.IsCompleted);
        source.SetResult("v1");
        Assert.Equal(("v1", CacheOutcome.Miss), await read);
    }

    [Fact]
    public async Task After_the_hard_timeout_the_caller_is_told_and_the_load_goes_on()
    {
        await using var instance = NewInstance(new CachePolicy { HardTimeout = TimeSpan.FromMilliseconds(20) });
        var source = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var failure = await Assert.ThrowsAsync<CacheLoadTimeoutException>(() =>
            LoadAsync(instance, "company:1", _ => source.Task)
        );
        Assert.Equal("company:1", failure.Key);
        Assert.Contains("00:00:00.0200000", failure.Message, StringComparison.Ordinal);

        source.SetResult("v1");
        await Eventually.Until(() => instance.L1.Get("company:1") is not null, cancellationToken: Cancellation);
        Assert.Equal(("v1", CacheOutcome.L1), await instance.ReadAsync("company:1", "v2"));
    }

    [Fact]
    public async Task The_hard_timeout_counts_from_the_beginning_and_not_from_the_end_of_the_soft_one()
    {
        await using var instance = NewInstance(
            new CachePolicy
            {
                FailSafe = TimeSpan.FromMinutes(10),
                SoftTimeout = TimeSpan.FromSeconds(1),
                HardTimeout = TimeSpan.FromSeconds(30),
            }
        );
        var source = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var read = LoadAsync(instance, "company:1", _ => source.Task);

        // The soft timeout runs in real time. When it ends without an entry to serve, the whole of the hard one has
        // passed by the cache's clock.
        instance.Time.Advance(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAsync<CacheLoadTimeoutException>(() =>
            read.WaitAsync(TimeSpan.FromSeconds(20), Cancellation)
        );
        source.SetResult("v1");
    }

    [Fact]
    public async Task A_load_that_goes_on_without_callers_ends_with_the_longest_time_of_a_load()
    {
        await using var instance = NewInstance(
            new CachePolicy { HardTimeout = TimeSpan.FromMilliseconds(20) },
            configure: options => options.MaxLoadTime = TimeSpan.FromMilliseconds(50)
        );
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Assert.ThrowsAsync<CacheLoadTimeoutException>(() =>
            LoadAsync(
                instance,
                "company:1",
                async cancel =>
                {
                    await using var registration = cancel.Register(cancelled.SetResult);
                    await cancelled.Task;
                    return "never";
                }
            )
        );
        await cancelled.Task.WaitAsync(Eventually.DefaultLimit, Cancellation);
    }

    private static void Pass(TestInstance instance, TimeSpan time)
    {
        instance.Time.Advance(time);
        instance.Tail.Heartbeat(instance.Stream.Last);
    }

    private static Task InRedis(TestInstance instance, string key) =>
        Eventually.Until(async () => await instance.L2.ReadAsync(key) is not null, cancellationToken: Cancellation);

    private static Task<(string Value, CacheOutcome Outcome)> FailAsync(
        TestInstance instance,
        string key,
        Action? loading = null
    ) =>
        LoadAsync(
            instance,
            key,
            _ =>
            {
                loading?.Invoke();
                return Task.FromException<string>(new SourceException());
            }
        );

    private static async Task<(string Value, CacheOutcome Outcome)> LoadAsync(
        TestInstance instance,
        string key,
        Func<CancellationToken, Task<string>> load
    )
    {
        using var scope = CacheReadScope.Begin();
        var value = await instance.Cache.GetOrCreateAsync(
            key,
            load,
            static async (load, cancel) => await load(cancel),
            cancellationToken: Cancellation
        );
        return (value, scope.Outcome);
    }

    private TestInstance NewInstance(
        CachePolicy policy,
        FakeTimeWithRealTimers? time = null,
        Action<CachingOptions>? configure = null
    )
    {
        policy.Expiration = Lifetime;
        return new TestInstance(
            _stream,
            redis.Connection,
            _service,
            time,
            options =>
            {
                options.Policies[KeyPolicy.DefaultName] = policy;
                configure?.Invoke(options);
            }
        );
    }

    private sealed class SourceException : Exception;
}
