using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using RedisFlow.Benchmarks.Engine;
using RedisFlow.Domain;
using RedisFlow.Streams;

namespace RedisFlow.Benchmarks.Micro;

/// <summary>What a message costs between its object and its bytes.</summary>
public class EnvelopeBenchmarks
{
    private readonly StreamMessage _envelope = Messages.Envelope(1);
    private readonly byte[] _bytes = Messages.Bytes(1);

    /// <summary>What an application builds.</summary>
    [Benchmark]
    public Publication Publication() => Messages.Publication(1);

    /// <summary>Publication and envelope: ids, time, packed payload.</summary>
    [Benchmark]
    public StreamMessage Build() => Messages.Envelope(1);

    /// <summary>Envelope to bytes.</summary>
    [Benchmark]
    public byte[] Encode() => _envelope.ToByteArray();

    private static readonly TypeRegistry Types = MessageTypes.Of(DomainMessages.Files);

    /// <summary>Bytes to envelope, payload still packed.</summary>
    [Benchmark]
    public StreamMessage DecodeEnvelope() => StreamMessage.Parser.ParseFrom(_bytes);

    /// <summary>Bytes to envelope, type looked up, payload unpacked: all that a consumer decodes.</summary>
    [Benchmark]
    public IMessage Decode()
    {
        var envelope = StreamMessage.Parser.ParseFrom(_bytes);
        return Types.Find(Any.GetTypeName(envelope.Payload.TypeUrl)).Parser.ParseFrom(envelope.Payload.Value);
    }
}
