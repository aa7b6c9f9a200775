using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using RedisFlow.Caching.L2;
using RedisFlow.Streams;

namespace RedisFlow.Caching.Tests;

public sealed class L2CodecTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_123);

    public static TheoryData<string[], bool, int> Shapes =>
        new()
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
        var entry = new L2Entry(new MessagePosition(ulong.MaxValue, 7), Now, Now.AddMinutes(5), tags, isNull, payload);

        Assert.Equal(L2Content.Entry, L2Codec.Decode(L2Codec.EncodeEntry(entry), out var read));
        Assert.NotNull(read);
        Assert.Equal(entry.AsOf, read.AsOf);
        Assert.Equal(entry.Created, read.Created);
        Assert.Equal(entry.Expires, read.Expires);
        Assert.Equal(entry.Tags, read.Tags);
        Assert.Equal(entry.IsNull, read.IsNull);
        Assert.Equal(payload, read.Payload.ToArray());
    }

    [Theory]
    [InlineData(16 << 10)]
    [InlineData(64 << 10)]
    [InlineData(1 << 20)]
    public void A_large_payload_takes_less_and_comes_back(int length)
    {
        var entry = Entry(Json(length), "red", "größe");
        var bytes = L2Codec.EncodeEntry(entry, compressionThreshold: 16 << 10);
        Assert.InRange(bytes.Length, 1, length / 2);
        Assert.Equal(L2Content.Entry, L2Codec.Decode(bytes, out var read));
        Assert.Equal(entry.Payload.ToArray(), read!.Payload.ToArray());
        Assert.Equal(entry.Tags, read.Tags);
        Assert.Equal(entry.AsOf, read.AsOf);
    }

    [Fact]
    public void Nothing_is_compressed_below_the_threshold_or_without_one_or_where_it_saves_too_little()
    {
        var json = Json(20_000);
        Assert.True(L2Codec.EncodeEntry(Entry(json), 20_000).Length < json.Length);
        foreach (var threshold in new[] { 0, 20_001 })
        {
            Assert.Equal(L2Codec.HeaderLength + json.Length, L2Codec.EncodeEntry(Entry(json), threshold).Length);
        }

        // A twentieth of it can be saved: too little.
        var noise = new byte[20_000];
        new Random(1).NextBytes(noise);
        noise.AsSpan(0, 1000).Clear();
        Assert.Equal(L2Codec.HeaderLength + noise.Length, L2Codec.EncodeEntry(Entry(noise), 1).Length);
        Assert.Equal(L2Codec.HeaderLength + 1, L2Codec.EncodeEntry(Entry(new byte[1]), 1).Length);
    }

    [Fact]
    public void A_few_bytes_that_claim_to_be_many_take_no_memory()
    {
        // 16 MiB of zeros in a few kilobytes: genuine, and too large for the reader.
        var bomb = L2Codec.EncodeEntry(Entry(new byte[16 << 20]), 1);
        Assert.InRange(bomb.Length, 1, 10_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(L2Content.Foreign, L2Codec.Decode(bomb, out _, maxPayload: 1 << 20));
        foreach (var claim in new uint[] { L2Compression.MaxLength + 1, int.MaxValue, uint.MaxValue })
        {
            BinaryPrimitives.WriteUInt32BigEndian(bomb.AsSpan(L2Codec.HeaderLength), claim);
            L2Codec.Seal(bomb);
            Assert.Equal(L2Content.Foreign, L2Codec.Decode(bomb, out _));
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_compressed_payload_of_another_length_than_it_claims_is_foreign(int off)
    {
        var bytes = L2Codec.EncodeEntry(Entry(Json(20_000)), 1);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(L2Codec.HeaderLength), (uint)(20_000 + off));
        L2Codec.Seal(bytes);
        Assert.Equal(L2Content.Foreign, L2Codec.Decode(bytes, out _));
    }

    [Fact]
    public void Bytes_after_the_end_of_a_compressed_payload_are_damage()
    {
        byte[] bytes = [.. L2Codec.EncodeEntry(Entry(Json(20_000)), 1), 0];
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(38), (uint)(bytes.Length - L2Codec.HeaderLength));
        L2Codec.Seal(bytes);
        Assert.Equal(L2Content.Foreign, L2Codec.Decode(bytes, out _));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(128)]
    public void An_unknown_flag_is_foreign(byte flags)
    {
        var bytes = L2Codec.EncodeEntry(Entry([]));
        bytes[3] = flags;
        L2Codec.Seal(bytes);
        Assert.Equal(L2Content.Foreign, L2Codec.Decode(bytes, out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_truncated_or_lengthened_entry_is_foreign_at_every_length(int threshold)
    {
        var bytes = L2Codec.EncodeEntry(Entry(Json(600), "red", "blue"), threshold);
        for (var length = 0; length < bytes.Length; length++)
        {
            var cut = bytes[..length];
            Assert.Equal(L2Content.Foreign, L2Codec.Decode(cut, out _));
            if (length >= L2Codec.HeaderLength)
            {
                L2Codec.Seal(cut);
                Assert.Equal(L2Content.Foreign, L2Codec.Decode(cut, out _));
            }
        }

        byte[] longer = [.. bytes, 0];
        L2Codec.Seal(longer);
        Assert.Equal(L2Content.Foreign, L2Codec.Decode(longer, out _));
    }

    /// <summary>A cut compressed payload whose header agrees with the cut.</summary>
    [Fact]
    public void A_compressed_payload_that_ends_too_early_is_foreign_at_every_length()
    {
        var whole = L2Codec.EncodeEntry(Entry(Json(2000)), 1);
        for (var length = L2Codec.HeaderLength; length < whole.Length; length++)
        {
            var bytes = whole[..length];
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(38), (uint)(length - L2Codec.HeaderLength));
            L2Codec.Seal(bytes);
            Assert.Equal(L2Content.Foreign, L2Codec.Decode(bytes, out _));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Every_flipped_bit_is_noticed(int threshold)
    {
        var bytes = L2Codec.EncodeEntry(Entry(Json(600), "red", "blue"), threshold);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal(L2Content.Foreign, L2Codec.Decode(bytes, out _));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.Equal(L2Content.Entry, L2Codec.Decode(bytes, out _));
    }

    /// <summary>What is in Redis stays there over a deployment: other bytes need another layout version.</summary>
    [Fact]
    public void The_bytes_of_this_layout_are_fixed() =>
        Assert.Equal(
            "F5040101"
                + "0000000000000001"
                + "0000000000000002"
                + "000001A3185C507B"
                + "000001A31860E45B"
                + "0001"
                + "00000000"
                + "85413FC5"
                + "0000000000000001"
                + "0000000000000002"
                + "0003"
                + "726564",
            Convert.ToHexString(L2Codec.EncodeEntry(Entry([], "red") with { IsNull = true }))
        );

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    public void Another_layout_is_foreign(byte version)
    {
        var entry = L2Codec.EncodeEntry(Entry([]));
        var tombstone = L2Codec.EncodeTombstone(new MessagePosition(1, 2), Now, Now);
        foreach (var bytes in new[] { entry, tombstone })
        {
            bytes[1] = version;
            L2Codec.Seal(bytes);
            Assert.Equal(L2Content.Foreign, L2Codec.Decode(bytes, out _));
        }
    }

    /// <summary>With a correct checksum: its writer may still have written nonsense.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Flipped_bits_never_throw_and_never_give_a_payload_of_another_length(int threshold)
    {
        var valid = L2Codec.EncodeEntry(Entry(Json(3000), "red", "größe", ""), threshold);
        var random = new Random(7);
        var entries = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = valid.ToArray();
            for (var flips = random.Next(1, 5); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            }

            L2Codec.Seal(bytes);

            if (L2Codec.Decode(bytes, out var read) == L2Content.Entry)
            {
                Assert.Equal(DeclaredLength(bytes, read!), read!.Payload.Length);
                entries++;
            }
            else
            {
                Assert.Null(read);
            }
        }

        // Most flips hit the payload, and under a right checksum some of those go unnoticed; the test is about both
        // kinds.
        Assert.InRange(entries, 1, 19_999);
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new Random(1);
        for (var i = 0; i < 50_000; i++)
        {
            var bytes = new byte[random.Next(120)];
            random.NextBytes(bytes);
            if (bytes.Length > 3)
            {
                (bytes[0], bytes[1], bytes[2], bytes[3]) = (
                    L2Codec.Magic,
                    L2Codec.LayoutVersion,
                    (byte)random.Next(4),
                    (byte)random.Next(4)
                );
            }

            if (bytes.Length >= L2Codec.HeaderLength && i % 2 == 0)
            {
                // As good as a header gets, so that what follows it is read, too.
                bytes.AsSpan(20, 20).Clear();
                BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(38), (uint)(bytes.Length - L2Codec.HeaderLength));
                L2Codec.Seal(bytes);
            }

            if (L2Codec.Decode(bytes, out var read, maxPayload: 1 << 20) == L2Content.Entry)
            {
                Assert.Equal(DeclaredLength(bytes, read!), read!.Payload.Length);
            }
        }
    }

    [Fact]
    public void What_other_programs_store_is_foreign()
    {
        byte[][] others =
        [
            [],
            "plain text"u8.ToArray(),
            "{\"json\":true}"u8.ToArray(),
            Gzip(Json(500)),
            new byte[1000],
            [.. Enumerable.Repeat((byte)0xFF, 500)],
        ];
        Assert.All(others, bytes => Assert.Equal(L2Content.Foreign, L2Codec.Decode(bytes, out _)));
    }

    [Fact]
    public void A_tombstone_is_no_entry()
    {
        Assert.Equal(
            L2Content.Tombstone,
            L2Codec.Decode(L2Codec.EncodeTombstone(new MessagePosition(1, 2), Now, Now), out var entry)
        );
        Assert.Null(entry);
    }

    private static L2Entry Entry(byte[] payload, params string[] tags) =>
        new(new MessagePosition(1, 2), Now, Now.AddMinutes(5), tags, IsNull: false, payload);

    /// <summary>Text that compresses as JSON does.</summary>
    private static byte[] Json(int length)
    {
        var random = new Random(length);
        var json = new StringBuilder("[");
        while (json.Length < length)
        {
            json.Append("{\"companyId\":")
                .Append(random.Next(100_000))
                .Append(",\"name\":\"Acme ")
                .Append(random.Next(50))
                .Append("\"},");
        }

        return Encoding.UTF8.GetBytes(json.ToString(0, length));
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return target.ToArray();
    }

    private static int DeclaredLength(byte[] bytes, L2Entry read)
    {
        if ((bytes[3] & 2) == 0)
        {
            return (int)BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(38));
        }

        // The length of tags in the bytes: those of damaged ones differ from that of the strings.
        var at = L2Codec.HeaderLength;
        for (var i = 0; i < read.Tags.Length; i++)
        {
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at));
        }

        return (int)BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));
    }
}
