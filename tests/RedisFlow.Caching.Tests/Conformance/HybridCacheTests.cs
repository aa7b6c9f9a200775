using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Testing;

namespace RedisFlow.Caching.Tests;

/// <summary>
/// What users of Microsoft's HybridCache rely on, or miss there, and what no other test shows; those that do have the
/// same trait. Of nulls, flags, serializers, keys and lifetimes tell https://github.com/dotnet/extensions/issues/6479
/// and https://github.com/dotnet/extensions/issues/6543, too.
/// </summary>
[Trait("Suite", "Conformance")]
public sealed class HybridCacheTests(RedisFixture redis)
{
    private static readonly HybridCacheEntryOptions NoSource = new()
    {
        Flags = HybridCacheEntryFlags.DisableUnderlyingData,
    };

    private readonly string _service = ServiceNames.New();
    private readonly TestStream _stream = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // https://github.com/dotnet/aspnetcore/issues/54647
    [Fact]
    public async Task A_key_can_be_looked_up_without_a_factory()
    {
        await using var instance = NewInstance();
        var stored = Guid.NewGuid();
        Assert.Null(await LookUpAsync());
        await instance.Cache.SetAsync<Guid?>("k", stored, cancellationToken: Cancellation);
        Assert.Equal(stored, await LookUpAsync());
        Assert.Equal(
            stored,
            await instance.Cache.GetOrCreateAsync<object?, Guid?>(
                "k",
                null,
                factory: null!,
                NoSource,
                cancellationToken: Cancellation
            )
        );
        Assert.Equal(
            stored,
            await instance.Cache.GetOrCreateAsync<object?, Guid?>(
                "k".AsSpan(),
                null,
                factory: null!,
                NoSource,
                cancellationToken: Cancellation
            )
        );
        Assert.Null(
            await instance.Cache.GetOrCreateAsync<object?, Guid?>(
                "other",
                null,
                factory: null!,
                NoSource,
                cancellationToken: Cancellation
            )
        );
        await Assert.ThrowsAsync<ArgumentNullException>(async () =>
            await instance.Cache.GetOrCreateAsync<object?, Guid?>(
                "other",
                null,
                factory: null!,
                cancellationToken: Cancellation
            )
        );

        async Task<Guid?> LookUpAsync() =>
            await instance.Cache.GetOrCreateAsync<Guid?>(
                "k",
                factory: null!,
                NoSource,
                cancellationToken: Cancellation
            );
    }

    // https://github.com/dotnet/extensions/issues/6063
    [Fact]
    public async Task A_value_behind_an_interface_that_is_to_stay_in_memory_is_given()
    {
        await using var instance = NewInstance();
        var options = new HybridCacheEntryOptions { Flags = HybridCacheEntryFlags.DisableDistributedCache };
        for (var i = 0; i < 2; i++)
        {
            IFilter filter = new Filter();
            Assert.Same(
                filter,
                await instance.Cache.GetOrCreateAsync(
                    "k",
                    _ => ValueTask.FromResult(filter),
                    options,
                    cancellationToken: Cancellation
                )
            );
        }
    }

    // https://github.com/dotnet/extensions/issues/7771, https://github.com/dotnet/extensions/issues/7411
    [Fact]
    public async Task A_tag_removed_at_one_instance_drops_what_others_have_and_find_in_Redis_at_their_first_read()
    {
        await using var first = NewInstance();
        await using var second = NewInstance();
        string[] tags = ["red", "blue"];
        foreach (var key in new[] { "in memory", "in Redis", "later" })
        {
            await first.ReadAsync(key, "old", tags: tags);
            await ReadingTests.InRedis(first, key);
        }

        Assert.Equal(("old", CacheOutcome.L2), await second.ReadAsync("in memory", "new", tags: tags));
        await first.Cache.RemoveByTagAsync("blue", Cancellation);
        await first.RunGroupAsync();

        // Not by the tags of the call, but by those that it was stored with.
        Assert.Equal(("new", CacheOutcome.Miss), await second.ReadAsync("in memory", "new"));
        Assert.Equal(("new", CacheOutcome.Miss), await second.ReadAsync("in Redis", "new"));

        await using var late = NewInstance();
        await Eventually.Until(() => late.Log.Begin().EpochsComplete, cancellationToken: Cancellation);
        Assert.Equal(("new", CacheOutcome.Miss), await late.ReadAsync("later", "new"));
    }

    private TestInstance NewInstance() => new(_stream, redis.Connection, _service);

    public interface IFilter;

    public sealed class Filter : IFilter;
}
