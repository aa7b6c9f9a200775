using System.Text;
using System.Text.Json.Serialization;
using RedisFlow.Testing;

namespace RedisFlow.Caching.Tests;

/// <summary>What the cache does with what <c>Immutability</c> and <c>Serializers</c> say.</summary>
public sealed partial class SharingTests(RedisFixture redis)
{
    private readonly string _service = ServiceNames.New();
    private readonly TestStream _stream = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_unmarked_record_of_immutable_members_is_one_object_for_all_callers()
    {
        await using var first = new TestInstance(_stream, redis.Connection, _service);
        await using var second = new TestInstance(_stream, redis.Connection, _service);
        var loaded = await Task.WhenAll(
            Enumerable
                .Range(0, 5)
                .Select(_ => Get(first, () => new Summary(1, "n", 2m, DateTimeOffset.UnixEpoch, true)))
        );
        Assert.Single(loaded.Append(await Get(first, Fail)).Distinct(ReferenceEqualityComparer.Instance));

        await ReadingTests.InRedis(first, "k");
        var elsewhere = await Get(second, Fail);
        Assert.Equal(loaded[0], elsewhere);
        Assert.Same(elsewhere, await Get(second, Fail));
    }

    [Fact]
    public async Task Behind_an_interface_or_a_base_class_the_value_that_is_read_back_decides()
    {
        await using var instance = new TestInstance(_stream, redis.Connection, _service);
        async Task<IReadOnlyList<int>> Read(string key, IReadOnlyList<int> value) =>
            await instance.Cache.GetOrCreateAsync(
                key,
                _ => ValueTask.FromResult(value),
                cancellationToken: Cancellation
            );

        var list = await Read("list", new List<int> { 1 });
        ((List<int>)list).Add(2);
        Assert.Equal([1], await Read("list", []));

        // JSON makes a list of it, here as in Redis.
        Assert.IsType<List<int>>(await Read("immutable", System.Collections.Immutable.ImmutableList.Create(1)));

        async Task<Animal> ReadAnimal(Animal animal) =>
            await instance.Cache.GetOrCreateAsync(
                "animal",
                _ => ValueTask.FromResult(animal),
                cancellationToken: Cancellation
            );
        var dog = await ReadAnimal(new Dog("Rex"));
        Assert.Equal(new Dog("Rex"), dog);
        Assert.Same(dog, await ReadAnimal(new Dog("Max")));
    }

    [Fact]
    public async Task A_registered_context_writes_what_is_in_Redis()
    {
        await using var first = New();
        await using var second = New();
        var summary = await Get(first, () => new Summary(1, "n", 2m, DateTimeOffset.UnixEpoch, true));
        await ReadingTests.InRedis(first, "k");
        var bytes = (byte[])(await redis.Connection.GetDatabase().StringGetAsync($"{_service}:1:k"))!;
        Assert.EndsWith(
            """{"id":1,"name":"n","total_price":2,"created_at":"1970-01-01T00:00:00+00:00","active":true}""",
            Encoding.UTF8.GetString(bytes),
            StringComparison.Ordinal
        );
        Assert.Equal(summary, await Get(second, Fail));

        TestInstance New() =>
            new(
                _stream,
                redis.Connection,
                _service,
                services: services => services.AddCacheJsonContext(SummaryJson.Default)
            );
    }

    private static Task<Summary> Get(TestInstance instance, Func<Summary> load) =>
        instance
            .Cache.GetOrCreateAsync(
                "k",
                async _ =>
                {
                    await Task.Yield();
                    return load();
                },
                cancellationToken: Cancellation
            )
            .AsTask();

    private static Summary Fail() => throw new InvalidOperationException("It is cached.");

    [JsonDerivedType(typeof(Dog), "dog")]
    public abstract record Animal(string Name);

    public sealed record Dog(string Name) : Animal(Name);

    public sealed record Summary(long Id, string Name, decimal TotalPrice, DateTimeOffset CreatedAt, bool Active);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
    [JsonSerializable(typeof(Summary))]
    internal sealed partial class SummaryJson : JsonSerializerContext;
}
