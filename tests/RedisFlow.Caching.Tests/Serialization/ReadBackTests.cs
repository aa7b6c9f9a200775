using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Testing;

namespace RedisFlow.Caching.Tests;

/// <summary>
/// What readers get is what the serialized form gives back: the same for all of them, and nothing cached where it gives
/// nothing.
/// </summary>
[Trait("Suite", "Reported faults")]
public sealed class ReadBackTests(RedisFixture redis)
{
    private readonly string _service = ServiceNames.New();
    private readonly TestStream _stream = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // https://github.com/ZiggyCreatures/FusionCache/issues/324, https://github.com/umbraco/Umbraco-CMS/issues/20352
    [Fact]
    public Task A_value_with_a_member_of_an_interface_is_given_to_everybody_and_not_cached() =>
        GivenAndNotCachedAsync(new Holder { Part = new Part { Number = 7 } });

    // https://github.com/dotnetcore/EasyCaching/issues/291
    [Fact]
    public Task A_value_whose_constructor_JSON_cannot_call_is_given_to_everybody_and_not_cached() =>
        GivenAndNotCachedAsync(new Sum(3, 4));

    [Fact]
    public Task A_value_whose_serializer_reads_nothing_back_is_given_to_everybody_and_not_cached() =>
        GivenAndNotCachedAsync(
            new Forgotten(),
            services => services.AddSingleton<IHybridCacheSerializer<Forgotten>, Forgetful>()
        );

    // https://github.com/ZiggyCreatures/FusionCache/issues/324
    [Fact]
    public async Task A_value_that_cannot_be_read_back_is_not_cached_when_it_is_set()
    {
        await using var instance = NewInstance();
        await instance.Cache.SetAsync("k", new Sum(3, 4), cancellationToken: Cancellation);
        Assert.Null(instance.L1.GetStale("k"));
        Assert.Null(await instance.L2.ReadAsync("k"));

        var loaded = new Sum(1, 2);
        Assert.Same(
            loaded,
            await instance.Cache.GetOrCreateAsync(
                "k",
                _ => ValueTask.FromResult(loaded),
                cancellationToken: Cancellation
            )
        );
        Assert.Equal(2, instance.Metrics.NotSerializable.Value);
        Assert.Equal(1, NotCachedLines(instance));
    }

    [Fact]
    public async Task Bytes_that_are_null_stay_null_for_those_who_share_the_load_and_elsewhere()
    {
        await using var first = NewInstance();
        await using var second = NewInstance();
        Assert.All(await ReadAtOnceAsync<byte[]?>(first, () => null), Assert.Null);
        await ReadingTests.InRedis(first, "k");
        foreach (var instance in new[] { first, second, second })
        {
            Assert.Null(
                await instance.Cache.GetOrCreateAsync<byte[]?>(
                    "k",
                    _ => throw new InvalidOperationException("It is cached."),
                    cancellationToken: Cancellation
                )
            );
        }
    }

    [Fact]
    public Task A_property_that_JSON_cannot_set_is_unset_for_every_reader() =>
        OneShapeAsync(new Sealed(7) { Name = "n" }, new Sealed(0) { Name = "n" });

    [Fact]
    public Task A_value_of_a_derived_type_is_of_the_declared_one_for_every_reader() =>
        OneShapeAsync(new Dealer("n", "t"), new Company("n"));

    [Fact]
    public Task A_value_of_a_derived_type_that_the_declared_one_names_stays_what_it_is_for_every_reader() =>
        OneShapeAsync<SharingTests.Animal>(new SharingTests.Dog("Rex"), new SharingTests.Dog("Rex"));

    [Fact]
    public Task A_text_with_half_a_surrogate_pair_is_the_same_text_for_every_reader() =>
        OneShapeAsync("a" + '\uD800', "a\uFFFD");

    // The two first readers are the one that loads, and the one that waits for it.
    private async Task OneShapeAsync<T>(T loaded, T shape)
    {
        await using var first = NewInstance();
        await using var second = NewInstance();
        Assert.All(await ReadAtOnceAsync(first, () => loaded), IsOfTheShape);
        await ReadingTests.InRedis(first, "k");
        foreach (var instance in new[] { first, second, second })
        {
            IsOfTheShape(
                await instance.Cache.GetOrCreateAsync<T>(
                    "k",
                    _ => throw new InvalidOperationException("It is cached."),
                    cancellationToken: Cancellation
                )
            );
        }

        await first.Cache.SetAsync("set", loaded, cancellationToken: Cancellation);
        IsOfTheShape(
            await first.Cache.GetOrCreateAsync<T>(
                "set",
                _ => throw new InvalidOperationException("It is cached."),
                cancellationToken: Cancellation
            )
        );

        void IsOfTheShape(T value)
        {
            Assert.Equal(shape!.GetType(), value!.GetType());
            Assert.Equal(shape, value);
        }
    }

    private async Task GivenAndNotCachedAsync<T>(T value, Action<IServiceCollection>? services = null)
        where T : class
    {
        await using var instance = new TestInstance(_stream, redis.Connection, _service, services: services);
        var loads = 0;
        T Load()
        {
            loads++;
            return value;
        }

        Assert.All(await ReadAtOnceAsync(instance, Load), read => Assert.Same(value, read));
        Assert.Equal(1, loads);
        Assert.Same(value, Assert.Single(await ReadAtOnceAsync(instance, Load, readers: 1)));
        Assert.Equal(2, loads);
        Assert.Null(instance.L1.GetStale("k"));
        Assert.Null(await instance.L2.ReadAsync("k"));
        Assert.Equal(1, NotCachedLines(instance));
    }

    private static int NotCachedLines(TestInstance instance) =>
        instance
            .Logger.Collector.GetSnapshot()
            .Count(line => line.Message.Contains("it is not cached", StringComparison.Ordinal));

    /// <summary>All wait for one load before it ends.</summary>
    private static async Task<T[]> ReadAtOnceAsync<T>(TestInstance instance, Func<T> load, int readers = 5)
    {
        var end = new TaskCompletionSource();
        var reads = Enumerable
            .Range(0, readers)
            .Select(_ =>
                instance
                    .Cache.GetOrCreateAsync(
                        "k",
                        async _ =>
                        {
                            await end.Task;
                            return load();
                        },
                        cancellationToken: Cancellation
                    )
                    .AsTask()
            )
            .ToArray();
        end.SetResult();
        return await Task.WhenAll(reads);
    }

    private TestInstance NewInstance() => new(_stream, redis.Connection, _service);

    public interface IPart
    {
        int Number { get; }
    }

    public sealed class Part : IPart
    {
        public int Number { get; set; }
    }

    public sealed class Holder
    {
        public IPart? Part { get; set; }
    }

    public sealed class Sum(int left, int right)
    {
        public int Total => left + right;
    }

    public sealed record Sealed
    {
        public Sealed() { }

        public Sealed(int number) => Number = number;

        public int Number { get; private set; }

        public string Name { get; set; } = "";
    }

    public record Company(string Name);

    public sealed record Dealer(string Name, string Town) : Company(Name);

    public sealed class Forgotten;

    private sealed class Forgetful : IHybridCacheSerializer<Forgotten>
    {
        public Forgotten Deserialize(System.Buffers.ReadOnlySequence<byte> source) => null!;

        public void Serialize(Forgotten value, System.Buffers.IBufferWriter<byte> target) => target.GetSpan(1)[0] = 1;
    }
}
