using RedisFlow.Streams;

namespace RedisFlow.Caching.Tests;

public sealed class Level2CodecTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_123);

    public static TheoryData<string[], bool, int> Shapes => new()
    {
        { [], false, 0 },
        { [], true, 0 },
        { [], false, 1000 },
        { ["red", "größe", ""], false, 17 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Reads_what_it_wrote(string[] tags, bool isNull, int length)
    {
        var payload = new byte[length];
        new Random(1).NextBytes(payload);
        var entry = new Level2Entry(new StreamPosition(ulong.MaxValue, 7), Now, Now.AddMinutes(5), tags, isNull, payload);

        Assert.Equal(Level2Content.Entry, Level2Codec.Decode(Level2Codec.EncodeEntry(entry), out var read));
        Assert.NotNull(read);
        Assert.Equal(entry.AsOf, read.AsOf);
        Assert.Equal(entry.Created, read.Created);
        Assert.Equal(entry.Expires, read.Expires);
        Assert.Equal(entry.Tags, read.Tags);
        Assert.Equal(entry.IsNull, read.IsNull);
        Assert.Equal(payload, read.Payload.ToArray());
    }

    [Fact]
    public void A_truncated_or_lengthened_entry_is_foreign_at_every_length()
    {
        var bytes = Level2Codec.EncodeEntry(new Level2Entry(new StreamPosition(1, 2), Now, Now, ["red", "blue"], false, new byte[9]));
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(Level2Content.Foreign, Level2Codec.Decode(bytes.AsMemory(0, length), out _));
        }

        Assert.Equal(Level2Content.Foreign, Level2Codec.Decode((byte[])[.. bytes, 0], out _));
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(120)];
            random.NextBytes(bytes);
            if (bytes.Length > 3)
            {
                (bytes[0], bytes[1], bytes[2]) = (Level2Codec.Magic, Level2Codec.LayoutVersion, (byte)random.Next(4));
            }

            Level2Codec.Decode(bytes, out _);
        }
    }

    [Fact]
    public void A_tombstone_is_no_entry()
    {
        Assert.Equal(Level2Content.Tombstone, Level2Codec.Decode(Level2Codec.EncodeTombstone(new StreamPosition(1, 2), Now, Now), out var entry));
        Assert.Null(entry);
    }
}
