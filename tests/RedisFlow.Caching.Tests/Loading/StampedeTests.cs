using RedisFlow.Testing;

namespace RedisFlow.Caching.Tests;

public sealed class StampedeTests(RedisFixture redis)
{
    private readonly string _service = ServiceNames.New();
    private readonly TestStream _stream = new();
    private readonly TaskCompletionSource<string> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _loads;

    [Fact]
    [Trait("Suite", "Conformance")]
    public async Task Many_callers_cause_one_load()
    {
        await using var instance = NewInstance();
        var readers = Enumerable
            .Range(0, 200)
            .Select(_ =>
                Task.Run(
                    () => Read(instance, TestContext.Current.CancellationToken),
                    TestContext.Current.CancellationToken
                )
            )
            .ToArray();
        await Eventually.Until(
            () => Volatile.Read(ref _loads) == 1,
            cancellationToken: TestContext.Current.CancellationToken
        );
        _source.SetResult("v");

        Assert.All(await Task.WhenAll(readers), value => Assert.Equal("v", value));
        Assert.Equal(1, _loads);
    }

    [Fact]
    [Trait("Suite", "Conformance")]
    public async Task A_caller_that_gives_up_does_not_stop_the_load_for_the_others()
    {
        await using var instance = NewInstance();
        using var impatient = new CancellationTokenSource();
        var first = Read(instance, impatient.Token);
        var second = Read(instance, TestContext.Current.CancellationToken);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.False(second.IsCompleted);
        _source.SetResult("v");

        Assert.Equal("v", await second);
        Assert.Equal(1, _loads);
    }

    [Fact]
    public async Task The_load_is_cancelled_when_the_last_caller_gives_up_and_the_next_one_loads_anew()
    {
        await using var instance = NewInstance();
        using var impatient = new CancellationTokenSource();
        var loadToken = new TaskCompletionSource<CancellationToken>();
        var read = instance
            .Cache.GetOrCreateAsync(
                "k",
                async token =>
                {
                    loadToken.SetResult(token);
                    await new TaskCompletionSource().Task.WaitAsync(token);
                    return "never";
                },
                cancellationToken: impatient.Token
            )
            .AsTask();
        var token = await loadToken.Task;
        Assert.False(token.IsCancellationRequested);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        await Eventually.Until(
            () => token.IsCancellationRequested,
            cancellationToken: TestContext.Current.CancellationToken
        );

        _source.SetResult("v");
        Assert.Equal("v", await Read(instance, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_finished_load_is_not_cancelled_afterwards()
    {
        await using var instance = NewInstance();
        CancellationToken kept = default;
        await instance.Cache.GetOrCreateAsync(
            "k",
            token =>
            {
                kept = token;
                return ValueTask.FromResult("v");
            },
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.False(kept.IsCancellationRequested);
    }

    [Fact]
    public async Task A_failure_reaches_every_caller_and_the_next_one_tries_again()
    {
        await using var instance = NewInstance();
        var readers = Enumerable
            .Range(0, 10)
            .Select(_ => Read(instance, TestContext.Current.CancellationToken))
            .ToArray();
        await Eventually.Until(
            () => Volatile.Read(ref _loads) == 1,
            cancellationToken: TestContext.Current.CancellationToken
        );
        _source.SetException(new HttpRequestException("down"));
        foreach (var reader in readers)
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => reader);
        }

        Assert.Equal(("v", CacheOutcome.Miss), await instance.ReadAsync("k", "v"));
    }

    [Fact]
    public async Task An_already_cancelled_call_does_nothing()
    {
        await using var instance = NewInstance();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Read(instance, new CancellationToken(canceled: true))
        );
        Assert.Equal(0, _loads);
    }

    private Task<string> Read(TestInstance instance, CancellationToken cancellationToken)
    {
        return LoadAsync();

        async Task<string> LoadAsync() =>
            await instance.Cache.GetOrCreateAsync(
                "k",
                async _ =>
                {
                    Interlocked.Increment(ref _loads);
                    return await _source.Task;
                },
                cancellationToken: cancellationToken
            );
    }

    private TestInstance NewInstance() => new(_stream, redis.Connection, _service);
}
