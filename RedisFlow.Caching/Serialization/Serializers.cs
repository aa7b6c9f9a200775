using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;

namespace RedisFlow.Caching;

/// <summary>
/// Finds the serializer of a type: a registered <see cref="IHybridCacheSerializer{T}"/>, then the registered factories (the last one first),
/// then strings, bytes and protobuf messages as they are, and JSON for the rest.
/// </summary>
internal sealed class Serializers(IServiceProvider services)
{
    private readonly ConcurrentDictionary<Type, object> _serializers = new();
    private readonly IHybridCacheSerializerFactory[] _factories = [.. services.GetServices<IHybridCacheSerializerFactory>().Reverse()];

    public byte[] Serialize<T>(T value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Of<T>().Serialize(value, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    public T Deserialize<T>(ReadOnlyMemory<byte> payload) => Of<T>().Deserialize(new ReadOnlySequence<byte>(payload));

    private IHybridCacheSerializer<T> Of<T>() =>
        (IHybridCacheSerializer<T>)_serializers.GetOrAdd(typeof(T), static (_, self) => self.Create<T>(), this);

    private IHybridCacheSerializer<T> Create<T>()
    {
        if (services.GetService<IHybridCacheSerializer<T>>() is { } registered)
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

        if (typeof(T) == typeof(string))
        {
            return (IHybridCacheSerializer<T>)(object)new StringSerializer();
        }

        if (typeof(T) == typeof(byte[]))
        {
            return (IHybridCacheSerializer<T>)(object)new BytesSerializer();
        }

        if (typeof(IMessage).IsAssignableFrom(typeof(T)) && typeof(T).GetConstructor(Type.EmptyTypes) is not null)
        {
            return (IHybridCacheSerializer<T>)Activator.CreateInstance(typeof(ProtobufSerializer<>).MakeGenericType(typeof(T)))!;
        }

        return new JsonSerializer<T>();
    }

    private sealed class StringSerializer : IHybridCacheSerializer<string>
    {
        public string Deserialize(ReadOnlySequence<byte> source) => Encoding.UTF8.GetString(source);

        public void Serialize(string value, IBufferWriter<byte> target) => Encoding.UTF8.GetBytes(value, target);
    }

    private sealed class BytesSerializer : IHybridCacheSerializer<byte[]>
    {
        public byte[] Deserialize(ReadOnlySequence<byte> source) => source.ToArray();

        public void Serialize(byte[] value, IBufferWriter<byte> target) => target.Write(value);
    }

    private sealed class ProtobufSerializer<T> : IHybridCacheSerializer<T>
        where T : IMessage<T>, new()
    {
        private static readonly MessageParser<T> Parser = new(() => new T());

        public T Deserialize(ReadOnlySequence<byte> source) => Parser.ParseFrom(source);

        public void Serialize(T value, IBufferWriter<byte> target) => value.WriteTo(target);
    }

    private sealed class JsonSerializer<T> : IHybridCacheSerializer<T>
    {
        // Fields too: value tuples have nothing else.
        private static readonly JsonSerializerOptions Options = new() { IncludeFields = true };

        public T Deserialize(ReadOnlySequence<byte> source)
        {
            var reader = new Utf8JsonReader(source);
            return JsonSerializer.Deserialize<T>(ref reader, Options)!;
        }

        public void Serialize(T value, IBufferWriter<byte> target)
        {
            using var writer = new Utf8JsonWriter(target);
            JsonSerializer.Serialize(writer, value, Options);
        }
    }
}
