using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;

namespace RedisFlow.Caching.Serialization;

/// <summary>
/// Finds the serializer of a type: a registered <see cref="IHybridCacheSerializer{T}"/>; the registered factories, the
/// last one first; strings, bytes and protobuf messages as they are; source-generated JSON, see
/// <see cref="CacheSerializationExtensions.AddCacheJsonContext"/>, of the last context that knows the type; JSON by
/// reflection, with the <see cref="JsonSerializerOptions"/> that are registered with the key
/// <c>typeof(IHybridCacheSerializer&lt;T&gt;)</c> or, for all types, <c>typeof(IHybridCacheSerializer&lt;&gt;)</c>.
/// What <c>AddHybridCache()</c> registers is passed over: its factory takes every type, and protobuf messages would
/// come back empty.
/// </summary>
internal sealed class Serializers(IServiceProvider services)
{
    private readonly ConcurrentDictionary<Type, object> _serializers = new();

    // The sort is stable: the service's own factories come before the contexts, whichever were registered first.
    private readonly IHybridCacheSerializerFactory[] _factories =
    [
        .. services
            .GetServices<IHybridCacheSerializerFactory>()
            .Reverse()
            .Where(IsOwn)
            .OrderBy(factory => factory is JsonSerializers.Factory),
    ];

    /// <summary>
    /// The value's bytes, in an array of exactly their length: it is kept for as long as the entry is.
    /// </summary>
    public byte[] Serialize<T>(T value)
    {
        var serializer = Of<T>();
        if (serializer is IArraySerializer<T> direct)
        {
            return direct.ToArray(value);
        }

        using var buffer = new PooledBuffer();
        serializer.Serialize(value, buffer);
        return buffer.Written.ToArray();
    }

    /// <summary>A new value from its bytes.</summary>
    public T Deserialize<T>(ReadOnlyMemory<byte> payload)
    {
        var serializer = Of<T>();
        return serializer is IArraySerializer<T> direct
            ? direct.FromSpan(payload.Span)
            : serializer.Deserialize(new ReadOnlySequence<byte>(payload));
    }

    /// <summary>What readers get of a value that was written: the value as its bytes have it.</summary>
    /// <exception cref="InvalidOperationException">They have none. What the serializer throws is thrown as it
    /// is.</exception>
    public T ReadBack<T>(T value, byte[] payload) =>
        Of<T>() is IArraySerializer<T> direct && direct.IsExact(value, payload)
            ? value
            : Deserialize<T>(payload)
                ?? throw new InvalidOperationException("The serializer reads nothing where it has written a value.");

    private IHybridCacheSerializer<T> Of<T>() =>
        (IHybridCacheSerializer<T>)(
            _serializers.TryGetValue(typeof(T), out var known) ? known : _serializers.GetOrAdd(typeof(T), Create<T>())
        );

    private IHybridCacheSerializer<T> Create<T>()
    {
        if (services.GetServices<IHybridCacheSerializer<T>>().LastOrDefault(IsOwn) is { } registered)
        {
            return registered;
        }

        foreach (var factory in _factories)
        {
            if (factory.TryCreateSerializer<T>(out var made))
            {
                return made;
            }
        }

        return PlainSerializers.TryCreate<T>()
            ?? JsonSerializers.Create<T>(
                services.GetKeyedService<JsonSerializerOptions>(typeof(IHybridCacheSerializer<T>))
                    ?? services.GetKeyedService<JsonSerializerOptions>(typeof(IHybridCacheSerializer<>))
            );
    }

    private static bool IsOwn(object serializer) =>
        serializer.GetType().Assembly.GetName().Name != "Microsoft.Extensions.Caching.Hybrid";
}
