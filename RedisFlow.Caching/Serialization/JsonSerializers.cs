using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Caching.Hybrid;

namespace RedisFlow.Caching;

/// <summary>JSON, with the metadata that a source generator wrote where the service has registered it, else by reflection.</summary>
internal static class JsonSerializers
{
    private static readonly JsonSerializerOptions ByReflection = ReflectionOptions();

    /// <summary>The serializer by reflection, unless the options say otherwise.</summary>
    /// <param name="options">What the application has registered; <c>null</c>: fields are included, nothing else is unusual.</param>
    public static IHybridCacheSerializer<T> Create<T>(JsonSerializerOptions? options = null)
    {
        options?.MakeReadOnly(populateMissingResolver: true);
        return new OfType<T>((JsonTypeInfo<T>)(options ?? ByReflection).GetTypeInfo(typeof(T)));
    }

    private static JsonSerializerOptions ReflectionOptions()
    {
        // Fields too: value tuples have nothing else. Read-only, so that what is known of types is shared.
        var options = new JsonSerializerOptions { IncludeFields = true };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    /// <summary>Makes serializers for the types that a context knows.</summary>
    internal sealed class Factory(JsonSerializerContext context) : IHybridCacheSerializerFactory
    {
        public bool TryCreateSerializer<T>([NotNullWhen(true)] out IHybridCacheSerializer<T>? serializer)
        {
            // A context knows the types of its types' members too. A string alone is no reason to be quoted, bytes none to be Base64.
            serializer = !PlainSerializers.Covers(typeof(T)) && context.GetTypeInfo(typeof(T)) is JsonTypeInfo<T> known
                ? new OfType<T>(known)
                : null;
            return serializer is not null;
        }
    }

    private sealed class OfType<T>(JsonTypeInfo<T> type) : IArraySerializer<T>
    {
        public byte[] ToArray(T value) => JsonSerializer.SerializeToUtf8Bytes(value, type);

        public T FromSpan(ReadOnlySpan<byte> source) => JsonSerializer.Deserialize(source, type)!;

        public void Serialize(T value, IBufferWriter<byte> target)
        {
            using var writer = new Utf8JsonWriter(target);
            JsonSerializer.Serialize(writer, value, type);
        }

        public T Deserialize(ReadOnlySequence<byte> source)
        {
            var reader = new Utf8JsonReader(source);
            return JsonSerializer.Deserialize(ref reader, type)!;
        }
    }
}
