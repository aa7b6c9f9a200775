using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Google.Protobuf;
using Microsoft.Extensions.Caching.Hybrid;

namespace RedisFlow.Caching.Serialization;

/// <summary>Values that have a form of their own: text as UTF-8, bytes as they are, protobuf messages.</summary>
internal static class PlainSerializers
{
    /// <summary>Whether values of the type have a form of their own.</summary>
    public static bool Covers(Type type) => type == typeof(string) || type == typeof(byte[]) || IsMessage(type);

    /// <summary>The serializer of the type, or <c>null</c>.</summary>
    public static IHybridCacheSerializer<T>? TryCreate<T>() =>
        typeof(T) == typeof(string) ? (IHybridCacheSerializer<T>)(object)new OfStrings()
        : typeof(T) == typeof(byte[]) ? (IHybridCacheSerializer<T>)(object)new OfBytes()
        : IsMessage(typeof(T)) ? new OfMessages<T>()
        : null;

    // By its own generated class, not as IMessage: the class tells how to parse. Each has a public constructor without
    // parameters.
    private static bool IsMessage(Type type) => typeof(IMessage).IsAssignableFrom(type) && !type.IsAbstract;

    private sealed class OfStrings : IArraySerializer<string>
    {
        public byte[] ToArray(string value) => Encoding.UTF8.GetBytes(value);

        public string FromSpan(ReadOnlySpan<byte> source) => Encoding.UTF8.GetString(source);

        // ASCII alone has a byte per character. Of other texts, half of a surrogate pair comes back as another
        // character.
        public bool IsExact(string value, ReadOnlySpan<byte> written) => written.Length == value.Length;

        public void Serialize(string value, IBufferWriter<byte> target) => Encoding.UTF8.GetBytes(value, target);

        public string Deserialize(ReadOnlySequence<byte> source) => Encoding.UTF8.GetString(source);
    }

    private sealed class OfBytes : IArraySerializer<byte[]>
    {
        // A copy: the caller may go on to write to its array.
        public byte[] ToArray(byte[] value) => value.AsSpan().ToArray();

        public byte[] FromSpan(ReadOnlySpan<byte> source) => source.ToArray();

        public bool IsExact(byte[] value, ReadOnlySpan<byte> written) => true;

        public void Serialize(byte[] value, IBufferWriter<byte> target) => target.Write(value);

        public byte[] Deserialize(ReadOnlySequence<byte> source) => source.ToArray();
    }

    private sealed class OfMessages<T> : IArraySerializer<T>
    {
        private static readonly MessageParser Parser = ParserOf();

        public byte[] ToArray(T value) => ((IMessage)value!).ToByteArray();

        public T FromSpan(ReadOnlySpan<byte> source) => (T)Parser.ParseFrom(source);

        public void Serialize(T value, IBufferWriter<byte> target) => ((IMessage)value!).WriteTo(target);

        public T Deserialize(ReadOnlySequence<byte> source) => (T)Parser.ParseFrom(source);

        [UnconditionalSuppressMessage(
            "Trimming",
            "IL2091",
            Justification = "The class's own parser, which its descriptor refers to, calls the constructor."
        )]
        private static MessageParser ParserOf() => ((IMessage)Activator.CreateInstance<T>()!).Descriptor.Parser;
    }
}
