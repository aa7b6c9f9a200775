using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Caching.Serialization;
using RedisFlow.Domain.Messages;

namespace RedisFlow.Caching.Tests;

public sealed partial class SerializersTests
{
    private static readonly Report Sample = new(7, "Acme", new Part("p"));

    [Fact]
    public void Without_anything_registered_JSON_is_written_by_reflection()
    {
        Assert.Equal("""{"ReportId":7,"Name":"Acme","Part":{"Text":"p"}}""", Written(Sample));
        RoundTrip(New(), Sample);
        RoundTrip(New(), (1, "two"));
        RoundTrip(New(), new List<int> { 1, 2 });
        RoundTrip(New(), 42);
        RoundTrip<IReadOnlyList<string>>(New(), ["a", "b"]);
    }

    [Fact]
    public void A_registered_context_writes_the_types_that_it_knows_and_reflection_the_rest()
    {
        var serializers = New(services => services.AddCacheJsonContext(SnakeJson.Default));

        // The name of a member says who wrote it: by reflection there is no policy.
        Assert.Equal("""{"report_id":7,"name":"Acme","part":{"text":"p"}}""", Written(Sample, serializers));
        RoundTrip(serializers, Sample);
        Assert.Equal("""{"Number":1}""", Written(new Unknown(1), serializers));
    }

    [Fact]
    public void Strings_bytes_and_protobuf_messages_keep_their_forms_though_a_context_knows_them()
    {
        var serializers = New(services => services.AddCacheJsonContext(SnakeJson.Default));
        Assert.NotNull(SnakeJson.Default.GetTypeInfo(typeof(string)));
        Assert.NotNull(SnakeJson.Default.GetTypeInfo(typeof(byte[])));
        Assert.NotNull(SnakeJson.Default.GetTypeInfo(typeof(Duration)));
        Assert.Equal("te\u00DFt", Written("te\u00DFt", serializers));
        Assert.Equal("bytes", Written("bytes"u8.ToArray(), serializers));
        var duration = new Duration { Seconds = 5 };
        Assert.Equal(duration.ToByteArray(), serializers.Serialize(duration));
        RoundTrip(serializers, duration);
    }

    [Fact]
    public void Protobuf_messages_are_written_as_such()
    {
        var message = new CompanyUpdated { CompanyId = 7, Name = "n" };
        Assert.Equal(message.ToByteArray(), New().Serialize(message));
        RoundTrip(New(), message);
        Assert.Throws<InvalidProtocolBufferException>(() => New().Deserialize<CompanyUpdated>(new byte[] { 0xFF }));
    }

    [Fact]
    public void Of_several_contexts_the_last_that_knows_the_type_wins()
    {
        var serializers = New(services =>
            services.AddCacheJsonContext(SnakeJson.Default).AddCacheJsonContext(CamelJson.Default)
        );
        Assert.Equal("""{"reportId":7,"name":"Acme","part":{"text":"p"}}""", Written(Sample, serializers));
        Assert.Equal("""{"known_to_one":1}""", Written(new KnownToSnake(1), serializers));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Own_serializers_win_over_own_factories_and_these_over_contexts_whatever_was_registered_first(
        bool contextFirst
    )
    {
        var serializers = New(services =>
        {
            if (contextFirst)
            {
                services.AddCacheJsonContext(SnakeJson.Default);
            }

            services.AddSingleton<IHybridCacheSerializer<Report>>(new Own<Report>("serializer"));
            services.AddSingleton<IHybridCacheSerializerFactory>(
                new OwnFactory("first", typeof(Report), typeof(Part), typeof(string), typeof(int))
            );
            services.AddSingleton<IHybridCacheSerializerFactory>(new OwnFactory("last", typeof(Report), typeof(Part)));
            if (!contextFirst)
            {
                services.AddCacheJsonContext(SnakeJson.Default);
            }
        });
        Assert.Equal("serializer", Written(Sample, serializers));
        Assert.Equal("last", Written(Sample.Part, serializers));
        Assert.Equal("first", Written("text", serializers));
        Assert.Equal("first", Written(1, serializers));
        Assert.Equal("""{"known_to_one":1}""", Written(new KnownToSnake(1), serializers));
        Assert.Equal("""{"Number":1}""", Written(new Unknown(1), serializers));
        Assert.Null(serializers.Deserialize<Part>(default));
    }

    [Theory]
    [Trait("Suite", "Conformance")]
    [InlineData(false)]
    [InlineData(true)]
    public void Microsofts_cache_beside_this_one_changes_nothing_in_either_order(bool first)
    {
        var serializers = New(services =>
        {
            if (first)
            {
                services.AddHybridCache();
            }

            services.AddCacheJsonContext(SnakeJson.Default);
            services.AddSingleton<IHybridCacheSerializer<byte[]>>(new Pieces());
            if (!first)
            {
                services.AddHybridCache();
            }
        });

        var message = new CompanyUpdated { CompanyId = 7, Name = "n" };
        Assert.Equal(message.ToByteArray(), serializers.Serialize(message));
        RoundTrip(serializers, message);
        Assert.Equal("""{"report_id":7,"name":"Acme","part":{"text":"p"}}""", Written(Sample, serializers));
        Assert.Equal("te\u00DFt", Written("te\u00DFt", serializers));
        Assert.Equal(new byte[2000], serializers.Deserialize<byte[]>(serializers.Serialize(new byte[2000])));
    }

    [Fact]
    [Trait("Suite", "Conformance")]
    public void Json_options_are_taken_from_where_Microsofts_cache_takes_them()
    {
        var serializers = New(services =>
            services
                .AddKeyedSingleton<JsonSerializerOptions>(
                    typeof(IHybridCacheSerializer<>),
                    new JsonSerializerOptions(JsonSerializerDefaults.Web)
                )
                .AddKeyedSingleton<JsonSerializerOptions>(
                    typeof(IHybridCacheSerializer<Part>),
                    new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.KebabCaseUpper }
                )
        );

        Assert.Equal("""{"reportId":7,"name":"Acme","part":{"text":"p"}}""", Written(Sample, serializers));
        Assert.Equal("""{"TEXT":"p"}""", Written(Sample.Part, serializers));
        RoundTrip(serializers, Sample);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1023)]
    [InlineData(1025)]
    [InlineData(100_000)]
    public void Own_serializers_may_write_as_much_as_they_like_in_pieces_of_any_size(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        var serializers = New(services => services.AddSingleton<IHybridCacheSerializer<byte[]>>(new Pieces()));
        var first = serializers.Serialize(bytes);
        var second = serializers.Serialize(new byte[length]);

        // The first array is its own, not the pool's, and exactly as long as what was written.
        Assert.Equal(bytes, first);
        Assert.Equal(new byte[length], second);
        Assert.Equal(bytes, serializers.Deserialize<byte[]>(first));
    }

    [Fact]
    public void The_pooled_buffer_refuses_what_does_not_fit()
    {
        using var buffer = new PooledBuffer();
        Assert.True(buffer.GetSpan().Length > 0);
        Assert.True(buffer.GetMemory(5000).Length >= 5000);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(1 << 20));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.GetSpan(-1).Length);
        Assert.Equal(0, buffer.Written.Length);
    }

    private static Serializers New(Action<IServiceCollection>? configure = null)
    {
        var services = new ServiceCollection();
        configure?.Invoke(services);
        return new Serializers(services.BuildServiceProvider());
    }

    private static string Written<T>(T value, Serializers? serializers = null) =>
        Encoding.UTF8.GetString((serializers ?? New()).Serialize(value));

    private static void RoundTrip<T>(Serializers serializers, T value) =>
        Assert.Equal(value, serializers.Deserialize<T>(serializers.Serialize(value)));

    public sealed record Report(int ReportId, string Name, Part Part);

    public sealed record Part(string Text);

    public sealed record Unknown(int Number);

    public sealed record KnownToSnake(int KnownToOne);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
    [JsonSerializable(typeof(Report))]
    [JsonSerializable(typeof(KnownToSnake))]
    [JsonSerializable(typeof(byte[]))]
    [JsonSerializable(typeof(Duration))]
    internal sealed partial class SnakeJson : JsonSerializerContext;

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(Report))]
    internal sealed partial class CamelJson : JsonSerializerContext;

    private sealed class Own<T>(string text) : IHybridCacheSerializer<T>
    {
        public T Deserialize(ReadOnlySequence<byte> source) => default!;

        public void Serialize(T value, IBufferWriter<byte> target) => Encoding.UTF8.GetBytes(text, target);
    }

    private sealed class OwnFactory(string text, params System.Type[] types) : IHybridCacheSerializerFactory
    {
        public bool TryCreateSerializer<T>([NotNullWhen(true)] out IHybridCacheSerializer<T>? serializer)
        {
            serializer = types.Contains(typeof(T)) ? new Own<T>(text) : null;
            return serializer is not null;
        }
    }

    private sealed class Pieces : IHybridCacheSerializer<byte[]>
    {
        public byte[] Deserialize(ReadOnlySequence<byte> source) => source.ToArray();

        public void Serialize(byte[] value, IBufferWriter<byte> target)
        {
            var random = new Random(2);
            var at = 0;
            while (at < value.Length)
            {
                var length = Math.Min(random.Next(1, 5000), value.Length - at);
                var room = random.Next(2) == 0 ? target.GetSpan(length) : target.GetMemory(length).Span;
                value.AsSpan(at, length).CopyTo(room);
                target.Advance(length);
                at += length;
            }
        }
    }
}
