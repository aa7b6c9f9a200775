using RedisFlow.Testing;

namespace RedisFlow.Caching.Tests;

/// <summary>
/// A source that does not answer holds up those who asked it, for as long as they wish, and no others.
/// </summary>
[Trait("Suite", "Reported faults")]
public sealed class HungLoadTests(RedisFixture redis)
{
    private static readonly TimeSpan MaxLoadTime = TimeSpan.FromSeconds(30);

    private readonly string _service = ServiceNames.New();
    private readonly TestStream _stream = new();
    private readonly TaskCompletionSource<CancellationToken> _begun = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly TaskCompletionSource<string> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // https://github.com/Altinn/dialogporten/issues/4300
    [Fact]
    public async Task Who_comes_after_the_longest_load_loads_and_the_one_that_hangs_is_cancelled()
    {
        await using var instance = NewInstance();
        var hung = Hang(instance);
        var token = await _begun.Task;
        Pass(instance, MaxLoadTime);
        var joined = ReadAsync(instance, "joined");
        Assert.False(joined.IsCompleted);
        Assert.False(token.IsCancellationRequested);

        Pass(instance, TimeSpan.FromSeconds(1));
        Assert.Equal("fresh", await ReadAsync(instance, "fresh"));
        await Eventually.Until(() => token.IsCancellationRequested, cancellationToken: Cancellation);

        // Those who were waiting have it, too, though the one that hangs never heeds its token.
        Assert.Equal(
            ["fresh", "fresh"],
            await Task.WhenAll(hung, joined).WaitAsync(Eventually.DefaultLimit, Cancellation)
        );
        Assert.Equal(("fresh", CacheOutcome.L1), await instance.ReadAsync("k", "later"));
        Assert.Equal(1, instance.StatisticsOf().LoadFailures.Value);
        Assert.Single(
            instance.Logger.Collector.GetSnapshot(),
            line => line.Message.Contains("takes longer than Caching:MaxLoadTime", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Those_who_wait_get_what_the_slow_load_brings_if_that_is_first_and_it_is_not_stored()
    {
        await using var instance = NewInstance();
        var slow = Hang(instance);
        await _begun.Task;
        Pass(instance, MaxLoadTime + TimeSpan.FromSeconds(1));
        var second = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var fresh = instance
            .Cache.GetOrCreateAsync("k", async _ => await second.Task, cancellationToken: Cancellation)
            .AsTask();
        _source.SetResult("slow");
        Assert.Equal("slow", await slow);
        Assert.False(fresh.IsCompleted);
        second.SetResult("fresh");
        Assert.Equal("fresh", await fresh);
        Assert.Equal(("fresh", CacheOutcome.L1), await instance.ReadAsync("k", "later"));
    }

    [Fact]
    public async Task Those_who_wait_for_a_load_that_heeds_its_token_are_not_cancelled_with_it()
    {
        await using var instance = NewInstance();
        var cooperative = Begin(
            instance,
            async token =>
            {
                await Task.Delay(Timeout.Infinite, token);
                return "never";
            }
        );
        var token = await _begun.Task;
        Pass(instance, MaxLoadTime + TimeSpan.FromSeconds(1));
        var second = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var fresh = instance
            .Cache.GetOrCreateAsync("k", async _ => await second.Task, cancellationToken: Cancellation)
            .AsTask();
        await Eventually.Until(() => token.IsCancellationRequested, cancellationToken: Cancellation);
        second.SetException(new HttpRequestException("The source is down."));
        await Assert.ThrowsAsync<HttpRequestException>(() => fresh);
        await Assert.ThrowsAsync<HttpRequestException>(() => cooperative);
    }

    [Fact]
    public async Task The_new_load_goes_on_for_those_who_wait_when_its_own_caller_gives_up()
    {
        await using var instance = NewInstance();
        var hung = Hang(instance);
        await _begun.Task;
        Pass(instance, MaxLoadTime + TimeSpan.FromSeconds(1));
        using var impatient = new CancellationTokenSource();
        var second = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var fresh = instance
            .Cache.GetOrCreateAsync(
                "k",
                async token => await second.Task.WaitAsync(token),
                cancellationToken: impatient.Token
            )
            .AsTask();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fresh);
        second.SetResult("fresh");
        Assert.Equal("fresh", await hung);
    }

    [Fact]
    public async Task Who_shared_a_mutable_value_with_the_one_that_hung_has_a_copy_of_its_own()
    {
        await using var instance = NewInstance();
        var hung = Begin(
            instance,
            async _ =>
            {
                await _source.Task;
                return new List<int>();
            }
        );
        await _begun.Task;
        Pass(instance, MaxLoadTime + TimeSpan.FromSeconds(1));
        var fresh = await instance.Cache.GetOrCreateAsync(
            "k",
            _ => ValueTask.FromResult(new List<int> { 1 }),
            cancellationToken: Cancellation
        );
        fresh.Add(2);
        Assert.Equal([1], await hung);
    }

    [Fact]
    public async Task A_refresh_that_hangs_does_not_keep_the_next_one_from_beginning()
    {
        await using var instance = NewInstance(options =>
            options.Policies["eager"] = new CachePolicy
            {
                KeyPrefix = "k",
                EagerRefresh = 0.5,
                Expiration = TimeSpan.FromMinutes(2),
            }
        );
        await instance.ReadAsync("k", "first");
        Pass(instance, TimeSpan.FromSeconds(61));
        Assert.Equal("first", await Hang(instance));
        await _begun.Task;

        // Another entry: the first one asks for one refresh only.
        await instance.Cache.SetAsync("k", "second", cancellationToken: Cancellation);
        Pass(instance, TimeSpan.FromSeconds(61));
        Assert.Equal("second", await ReadAsync(instance, "third"));
        await Eventually.Until(
            async () => await ReadAsync(instance, "late") == "third",
            cancellationToken: Cancellation
        );
    }

    private static void Pass(TestInstance instance, TimeSpan time)
    {
        instance.Time.Advance(time);
        instance.Tail.Heartbeat(instance.Stream.Last);
    }

    // A source that does not look at its token.
    private Task<string> Hang(TestInstance instance) => Begin(instance, _ => _source.Task);

    private Task<T> Begin<T>(TestInstance instance, Func<CancellationToken, Task<T>> load) =>
        instance
            .Cache.GetOrCreateAsync(
                "k",
                async token =>
                {
                    _begun.SetResult(token);
                    return await load(token);
                },
                cancellationToken: Cancellation
            )
            .AsTask();

    private static Task<string> ReadAsync(TestInstance instance, string value) =>
        instance
            .Cache.GetOrCreateAsync("k", _ => ValueTask.FromResult(value), cancellationToken: Cancellation)
            .AsTask();

    private TestInstance NewInstance(Action<CachingOptions>? configure = null) =>
        new(
            _stream,
            redis.Connection,
            _service,
            configure: options =>
            {
                options.MaxLoadTime = MaxLoadTime;
                configure?.Invoke(options);
            }
        );
}
