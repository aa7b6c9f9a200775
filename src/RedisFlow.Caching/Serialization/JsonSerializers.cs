using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Caching.Hybrid;

namespace RedisFlow.Caching.Serialization;

/// <summary>
/// JSON, with the metadata that a source generator wrote where the service has registered it, else by reflection.
/// </summary>
internal static class JsonSerializers
{
    // Fields too: value tuples have nothing else. One instance, so that what is known of types is shared.
    private static readonly JsonSerializerOptions WithFields = new() { IncludeFields = true };

    /// <summary>The serializer by reflection, unless the options say otherwise.</summary>
    /// <param name="options">What the application has registered; <c>null</c>: fields are included, nothing else is
    /// unusual.</param>
    /// <exception cref="NotSupportedException">Nothing says how to write the type, and reflection cannot: after
    /// trimming, and in native code.</exception>
    public static IHybridCacheSerializer<T> Create<T>(JsonSerializerOptions? options = null)
    {
        options ??= WithFields;
        if (CanReflect)
        {
            options.MakeReadOnly(populateMissingResolver: true);
        }
        else if (options.TypeInfoResolver is null)
        {
            throw new NotSupportedException(
                $"Nothing says how {typeof(T)} is written as JSON, and reflection is off; register a context that has "
                    + "it, with AddCacheJsonContext."
            );
        }

        return new OfType<T>((JsonTypeInfo<T>)options.GetTypeInfo(typeof(T)));
    }

    // Off where an application is trimmed or native, unless it says otherwise.
    [FeatureGuard(typeof(RequiresUnreferencedCodeAttribute))]
    [FeatureGuard(typeof(RequiresDynamicCodeAttribute))]
    [SuppressMessage(
        "Trimming",
        "IL4000",
        Justification = "Who turns reflection on for JSON answers for the types, as with JsonSerializer itself."
    )]
    private static bool CanReflect => JsonSerializer.IsReflectionEnabledByDefault;

    /// <summary>Makes serializers for the types that a context knows.</summary>
    internal sealed class Factory(JsonSerializerContext context) : IHybridCacheSerializerFactory
    {
        public bool TryCreateSerializer<T>([NotNullWhen(true)] out IHybridCacheSerializer<T>? serializer)
        {
            // A context knows the types of its types' members too. A string alone is no reason to be quoted, bytes none
            // to be Base64.
            serializer =
                !PlainSerializers.Covers(typeof(T)) && context.GetTypeInfo(typeof(T)) is JsonTypeInfo<T> known
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
