using RedisFlow.Testing;

namespace RedisFlow.Caching.Tests;

/// <summary>A factory may read other keys. One that would wait for itself fails at once.</summary>
[Trait("Suite", "Reported faults")]
public sealed class NestedLoadsTests(RedisFixture redis)
{
    private readonly string _service = ServiceNames.New();
    private readonly TestStream _stream = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // https://github.com/ZiggyCreatures/FusionCache/issues/513
    [Fact]
    public async Task A_factory_that_asks_for_its_own_key_is_told_so()
    {
        await using var instance = NewInstance();
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            Read(instance, "a", () => Read(instance, "a", () => Task.FromResult("v")))
                .WaitAsync(Eventually.DefaultLimit, Cancellation)
        );
        Assert.Contains("'a' → 'a'", failure.Message, StringComparison.Ordinal);

        // It was the factory's fault, not the key's.
        Assert.Equal("v", await Read(instance, "a", () => Task.FromResult("v")));
    }

    [Fact]
    public async Task A_factory_that_asks_for_its_own_key_through_others_is_told_which()
    {
        await using var instance = NewInstance();
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            Read(
                    instance,
                    "a",
                    () =>
                        Read(
                            instance,
                            "b",
                            () =>
                                Read(
                                    instance,
                                    "c",
                                    async () =>
                                    {
                                        await Task.Yield();
                                        return await Read(instance, "a", () => Task.FromResult("v"));
                                    }
                                )
                        )
                )
                .WaitAsync(Eventually.DefaultLimit, Cancellation)
        );
        Assert.Contains("'c' → 'a' → 'b' → 'c'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Factories_that_ask_for_each_others_keys_at_the_same_time_do_not_wait_for_ever()
    {
        await using var instance = NewInstance();
        var begun = new[] { new TaskCompletionSource(), new TaskCompletionSource() };
        var reads = new[] { ("a", "b"), ("b", "a") }
            .Select(
                (keys, index) =>
                    Read(
                        instance,
                        keys.Item1,
                        async () =>
                        {
                            begun[index].SetResult();
                            await begun[1 - index].Task;
                            return await Read(instance, keys.Item2, () => Task.FromResult("never"));
                        }
                    )
            )
            .ToArray();

        // One of them closes the ring, and the other waits for that one.
        foreach (var read in reads)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() =>
                read.WaitAsync(Eventually.DefaultLimit, Cancellation)
            );
        }
    }

    [Fact]
    public async Task Factories_may_share_the_loads_that_they_need()
    {
        await using var instance = NewInstance();
        var end = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var loads = 0;
        Task<string> Part()
        {
            Interlocked.Increment(ref loads);
            return end.Task;
        }

        var first = Read(instance, "a", () => Read(instance, "part", Part));
        var second = Read(
            instance,
            "b",
            async () => string.Concat(await Task.WhenAll(Read(instance, "part", Part), Read(instance, "part", Part)))
        );
        end.SetResult("v");
        Assert.Equal(["v", "vv"], await Task.WhenAll(first, second));
        Assert.Equal(1, loads);
    }

    [Fact]
    public async Task What_a_factory_leaves_running_may_ask_for_its_key_afterwards()
    {
        await using var instance = NewInstance();
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<string>? left = null;
        Assert.Equal(
            "v",
            await Read(
                instance,
                "a",
                () =>
                {
                    left = LaterAsync();
                    return Task.FromResult("v");
                }
            )
        );
        await instance.Cache.RemoveAsync("a", Cancellation);
        ended.SetResult();
        Assert.Equal("w", await left!);

        async Task<string> LaterAsync()
        {
            await ended.Task;
            return await Read(instance, "a", () => Task.FromResult("w"));
        }
    }

    [Fact]
    public async Task An_entry_that_a_factory_finds_in_memory_is_no_wait()
    {
        await using var instance = NewInstance();
        await Read(instance, "part", () => Task.FromResult("v"));
        Assert.Equal(
            "vv",
            await Read(
                instance,
                "a",
                async () => await Read(instance, "part", Fail) + await Read(instance, "part", Fail)
            )
        );

        static Task<string> Fail() => throw new InvalidOperationException("It is cached.");
    }

    private static Task<string> Read(TestInstance instance, string key, Func<Task<string>> load) =>
        instance.Cache.GetOrCreateAsync(key, async _ => await load(), cancellationToken: Cancellation).AsTask();

    private TestInstance NewInstance() => new(_stream, redis.Connection, _service);
}
