using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams.Decoding;
using RedisFlow.Streams.Redis;

namespace RedisFlow.Streams.Tests.Core;

/// <summary>
/// Whatever bytes an entry has, decoding it ends with a message or with a reason why there is no message.
/// </summary>
public sealed class MessageDecoderFuzzTests
{
    private const int Cases = 5000;

    private static readonly string[] Reasons =
    [
        DeadLetterReason.NoData,
        DeadLetterReason.Undecodable,
        DeadLetterReason.UnknownType,
        DeadLetterReason.NewerSchema,
    ];

    private readonly MessageDecoder _decoder = new(
        TypeRegistry.FromMessages(CompanyUpdated.Descriptor, Struct.Descriptor)
    );

    [Fact]
    public void Random_bytes_never_throw() =>
        Fuzz(
            1,
            random =>
            {
                var bytes = new byte[random.Next(0, 300)];
                random.NextBytes(bytes);
                return bytes;
            }
        );

    [Fact]
    public void Bit_flipped_envelopes_never_throw() =>
        Fuzz(
            2,
            random =>
            {
                var bytes = Envelope().ToByteArray();
                for (var flips = random.Next(1, 8); flips > 0; flips--)
                {
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                }

                return bytes;
            }
        );

    [Fact]
    public void Spliced_envelopes_never_throw() =>
        Fuzz(
            3,
            random =>
            {
                var bytes = Envelope().ToByteArray();
                return [.. bytes[..random.Next(bytes.Length)], .. bytes[random.Next(bytes.Length)..]];
            }
        );

    [Fact]
    public void Every_truncation_of_an_envelope_is_a_message_or_has_its_reason()
    {
        var bytes = Envelope().ToByteArray();
        for (var length = 0; length < bytes.Length; length++)
        {
            Check(bytes[..length]);
        }

        Assert.Equal("x", ((CompanyUpdated)Decode(bytes).Payload!).Name);
    }

    [Theory]
    [InlineData(new byte[] { 0x0a, 0xff, 0xff, 0xff, 0xff, 0x07 })]
    [InlineData(new byte[] { 0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f })]
    [InlineData(new byte[] { 0x0a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01 })]
    public void A_length_beyond_the_entry_reserves_no_memory(byte[] bytes)
    {
        Decode(bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(DeadLetterReason.Undecodable, Decode(bytes).Reason);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData(50, null)]
    [InlineData(10_000, DeadLetterReason.Undecodable)]
    public void Nesting_is_bounded(int depth, string? reason)
    {
        // Written from the inside, since a serializer would recurse itself: Value { list_value { values … } }.
        byte[] value = [0x10, 0];
        List<byte> reversed = [.. value.Reverse()];
        for (var level = 0; level < depth / 2; level++)
        {
            Prepend(reversed, 0x0a);
            Prepend(reversed, 0x32);
        }

        var list = reversed.AsEnumerable().Reverse().ToArray();
        var field = new StringValue { Value = "k" }
            .ToByteArray()
            .Concat(Delimited(0x12, list))
            .ToArray();
        var envelope = Envelope();
        envelope.Payload = new Any
        {
            TypeUrl = $"type.googleapis.com/{Struct.Descriptor.FullName}",
            Value = ByteString.CopyFrom([.. Delimited(0x0a, field)]),
        };

        Assert.Equal(reason, Decode(envelope.ToByteArray()).Reason);
    }

    [Fact]
    public void Each_kind_of_bad_entry_has_its_reason()
    {
        Assert.Equal(DeadLetterReason.NoData, Decode(null).Reason);
        Assert.Equal(DeadLetterReason.Undecodable, Decode([]).Reason);
        Assert.Equal(
            DeadLetterReason.UnknownType,
            Decode(With(message => message.Payload.TypeUrl = "type.googleapis.com/none")).Reason
        );
        Assert.Equal(DeadLetterReason.UnknownType, Decode(With(message => message.Payload.TypeUrl = "")).Reason);
        Assert.Equal(
            DeadLetterReason.UnknownType,
            Decode(With(message => message.Payload.TypeUrl = new string('/', 100_000))).Reason
        );
        Assert.Equal(DeadLetterReason.Undecodable, Decode(With(message => message.Payload = null)).Reason);
        Assert.Equal(
            DeadLetterReason.Undecodable,
            Decode(With(message => message.Payload.Value = ByteString.CopyFrom(0x12, 0x7f))).Reason
        );
        Assert.Equal(
            DeadLetterReason.NewerSchema,
            Decode(With(message => message.SchemaVersion = MessageSchema.CurrentVersion + 1)).Reason
        );
        Assert.Equal(
            DeadLetterReason.NewerSchema,
            Decode(
                With(message => (message.SchemaVersion, message.Payload) = (MessageSchema.CurrentVersion + 1, null))
            ).Reason
        );
        Assert.Equal(DeadLetterReason.Lost, _decoder.Decode(new RawEntry(default, null, true)).Reason);
    }

    private static StreamMessage Envelope() =>
        new()
        {
            Producer = "tests",
            Content = "Company 1 was renamed.",
            CreatedAt = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch),
            Subject = "company/1",
            SchemaVersion = MessageSchema.CurrentVersion,
            Payload = Any.Pack(new CompanyUpdated { CompanyId = 1, Name = "x" }),
        };

    private static byte[] With(Action<StreamMessage> change)
    {
        var message = Envelope();
        change(message);
        return message.ToByteArray();
    }

    private static IEnumerable<byte> Delimited(byte tag, byte[] content) =>
        [tag, .. Length(content.Length), .. content];

    private static void Prepend(List<byte> reversed, byte tag)
    {
        reversed.AddRange(Length(reversed.Count).Reverse());
        reversed.Add(tag);
    }

    private static IEnumerable<byte> Length(int length)
    {
        for (; length >= 0x80; length >>= 7)
        {
            yield return (byte)(length | 0x80);
        }

        yield return (byte)length;
    }

    private void Fuzz(int seed, Func<Random, byte[]> make)
    {
        var random = new Random(seed);
        for (var i = 0; i < Cases; i++)
        {
            Check(make(random));
        }
    }

    private void Check(byte[] bytes)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var decoded = Decode(bytes);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        var text = Convert.ToHexString(bytes);
        Assert.True(allocated < 1 << 20, $"{allocated} bytes for {text}");
        Assert.True(
            decoded.Reason is null
                ? decoded is { Message: not null, Payload: not null }
                : Reasons.Contains(decoded.Reason) && decoded.Error!.Length > 0,
            text
        );
    }

    private DecodedEntry Decode(byte[]? bytes) => _decoder.Decode(new RawEntry(default, bytes, false));
}
