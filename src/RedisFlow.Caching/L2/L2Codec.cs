// The value of a key in Redis, entry or tombstone. Numbers are big-endian and unsigned.
//
//   offset  bytes  meaning
//        0      1  0xF5, the mark of this format
//        1      1  version of the layout: 4
//        2      1  kind: 1 = entry, 2 = tombstone
//        3      1  flags: bit 0 = the value is null, without a payload; bit 1 = the payload is compressed; others 0
//        4      8  position, milliseconds: asOf of an entry, the invalidation of a tombstone
//       12      8  position, sequence
//       20      8  created, Unix milliseconds (informative: expiry only, never validity)
//       28      8  expires, Unix milliseconds
//       36      2  number of tags
//       38      4  length of the payload
//       42      4  CRC-32 (IEEE 802.3) of everything but the position
//       46     16  the position once more: a script that stores an entry under its message's position has no CRC
//       62      …  each tag: 2 bytes length, then UTF-8
//        …      …  the payload, to the end, perhaps compressed (see L2Compression)
//
// The scripts read the bytes 0, 1 and 4 to 19 only, and write both positions. A tombstone ends at offset 62.
// Anything else is foreign or damaged: a miss, and free to be overwritten. So is an unknown flag: it means something
// that this code cannot read. So is another layout: a new one is deployed with a new CachingOptions.Version, so that
// instances of both layouts do not share keys.
// The scripts know no checksum: where the damage is a later position, what is there stays until it expires, unread.
using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using RedisFlow.Streams;

namespace RedisFlow.Caching.L2;

/// <summary>Writes and reads the layout above.</summary>
internal static class L2Codec
{
    public const byte Magic = 0xF5;
    public const byte LayoutVersion = 4;
    public const int HeaderLength = 62;
    public const int MaxTags = ushort.MaxValue;

    private const int PositionAt = 4;
    private const int PositionLength = 16;
    private const int ChecksumAt = 42;
    private const int SecondPositionAt = 46;
    private const byte KindEntry = 1;
    private const byte KindTombstone = 2;
    private const byte FlagNull = 1;
    private const byte FlagCompressed = 2;

    /// <summary>Encodes an entry.</summary>
    /// <param name="entry">The entry; at most <see cref="MaxTags"/> tags.</param>
    /// <param name="compressionThreshold">Payloads of at least so many bytes are compressed, if that saves at least a
    /// tenth; 0 for none.</param>
    public static byte[] EncodeEntry(L2Entry entry, int compressionThreshold = 0)
    {
        if (
            compressionThreshold <= 0
            || entry.Payload.Length < compressionThreshold
            || !L2Compression.TryCompress(entry.Payload.Span, out var buffer, out var length)
        )
        {
            return Encode(entry, entry.IsNull ? FlagNull : (byte)0, entry.Payload.Span);
        }

        try
        {
            return Encode(entry, FlagCompressed, buffer.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public static byte[] EncodeTombstone(MessagePosition position, DateTimeOffset created, DateTimeOffset expires)
    {
        var bytes = new byte[HeaderLength];
        WriteHeader(
            bytes,
            KindTombstone,
            flags: 0,
            new L2Entry(position, created, expires, [], IsNull: false, default),
            payloadLength: 0
        );
        Seal(bytes);
        return bytes;
    }

    /// <summary>A position as the scripts compare it: 16 bytes.</summary>
    public static byte[] EncodePosition(MessagePosition position)
    {
        var bytes = new byte[PositionLength];
        WritePosition(bytes, position);
        return bytes;
    }

    /// <summary>Decodes what a key holds. Never throws, whatever the bytes are.</summary>
    /// <param name="memory">The bytes; the entry's payload is a part of them, unless it was compressed.</param>
    /// <param name="entry">The entry, if that is what it is.</param>
    /// <param name="maxPayload">The largest payload, in bytes, that is restored from a compressed one, at most
    /// <see cref="L2Compression.MaxLength"/>.</param>
    public static L2Content Decode(
        ReadOnlyMemory<byte> memory,
        out L2Entry? entry,
        int maxPayload = L2Compression.MaxLength
    )
    {
        entry = null;
        var bytes = memory.Span;
        if (bytes.Length < HeaderLength || bytes[0] != Magic || bytes[1] != LayoutVersion || !IsSealed(bytes))
        {
            return L2Content.Foreign;
        }

        if (bytes[2] == KindTombstone)
        {
            return L2Content.Tombstone;
        }

        return bytes[2] == KindEntry && TryReadEntry(memory, maxPayload, out entry)
            ? L2Content.Entry
            : L2Content.Foreign;
    }

    /// <summary>Writes the checksum of what is there now, and the position once more.</summary>
    internal static void Seal(Span<byte> bytes)
    {
        bytes.Slice(PositionAt, PositionLength).CopyTo(bytes[SecondPositionAt..]);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[ChecksumAt..], ChecksumOf(bytes));
    }

    private static bool IsSealed(ReadOnlySpan<byte> bytes) =>
        bytes.Slice(PositionAt, PositionLength).SequenceEqual(bytes.Slice(SecondPositionAt, PositionLength))
        && BinaryPrimitives.ReadUInt32BigEndian(bytes[ChecksumAt..]) == ChecksumOf(bytes);

    // A CRC finds every damage of up to 32 bits in a row.
    private static uint ChecksumOf(ReadOnlySpan<byte> bytes)
    {
        var checksum = new Crc32();
        checksum.Append(bytes[..PositionAt]);
        checksum.Append(bytes[(PositionAt + PositionLength)..ChecksumAt]);
        checksum.Append(bytes[HeaderLength..]);
        return checksum.GetCurrentHashAsUInt32();
    }

    private static byte[] Encode(L2Entry entry, byte flags, ReadOnlySpan<byte> payload)
    {
        var length = HeaderLength + payload.Length;
        foreach (var tag in entry.Tags)
        {
            length += 2 + Encoding.UTF8.GetByteCount(tag);
        }

        var bytes = new byte[length];
        WriteHeader(bytes, KindEntry, flags, entry, payload.Length);
        var rest = bytes.AsSpan(HeaderLength);
        foreach (var tag in entry.Tags)
        {
            var written = Encoding.UTF8.GetBytes(tag, rest[2..]);
            BinaryPrimitives.WriteUInt16BigEndian(rest, checked((ushort)written));
            rest = rest[(2 + written)..];
        }

        payload.CopyTo(rest);
        Seal(bytes);
        return bytes;
    }

    private static bool TryReadEntry(ReadOnlyMemory<byte> memory, int maxPayload, out L2Entry? entry)
    {
        entry = null;
        var bytes = memory.Span;
        var created = BinaryPrimitives.ReadInt64BigEndian(bytes[20..]);
        var expires = BinaryPrimitives.ReadInt64BigEndian(bytes[28..]);
        var flags = bytes[3];
        var tagCount = BinaryPrimitives.ReadUInt16BigEndian(bytes[36..]);
        var payloadLength = BinaryPrimitives.ReadUInt32BigEndian(bytes[38..]);
        if (
            flags is not (0 or FlagNull or FlagCompressed)
            || (flags == FlagNull && payloadLength != 0)
            || bytes.Length - HeaderLength < 2 * tagCount
            || !IsTime(created)
            || !IsTime(expires)
        )
        {
            return false;
        }

        var tags = new string[tagCount];
        var at = HeaderLength;
        for (var i = 0; i < tags.Length; i++)
        {
            if (bytes.Length - at < 2)
            {
                return false;
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
            at += 2;
            if (bytes.Length - at < length)
            {
                return false;
            }

            tags[i] = Encoding.UTF8.GetString(bytes.Slice(at, length));
            at += length;
        }

        var payload = memory[at..];
        if (payload.Length != payloadLength)
        {
            return false;
        }

        if (flags == FlagCompressed)
        {
            if (!L2Compression.TryRestore(payload.Span, maxPayload, out var restored))
            {
                return false;
            }

            payload = restored;
        }

        entry = new L2Entry(
            new MessagePosition(
                BinaryPrimitives.ReadUInt64BigEndian(bytes[PositionAt..]),
                BinaryPrimitives.ReadUInt64BigEndian(bytes[(PositionAt + 8)..])
            ),
            DateTimeOffset.FromUnixTimeMilliseconds(created),
            DateTimeOffset.FromUnixTimeMilliseconds(expires),
            tags,
            flags == FlagNull,
            payload
        );
        return true;
    }

    private static bool IsTime(long unixMilliseconds) =>
        unixMilliseconds >= 0 && unixMilliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    private static void WriteHeader(Span<byte> bytes, byte kind, byte flags, L2Entry entry, int payloadLength)
    {
        bytes[0] = Magic;
        bytes[1] = LayoutVersion;
        bytes[2] = kind;
        bytes[3] = flags;
        WritePosition(bytes[PositionAt..], entry.AsOf);
        BinaryPrimitives.WriteInt64BigEndian(bytes[20..], entry.Created.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteInt64BigEndian(bytes[28..], entry.Expires.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteUInt16BigEndian(bytes[36..], checked((ushort)entry.Tags.Length));
        BinaryPrimitives.WriteUInt32BigEndian(bytes[38..], (uint)payloadLength);
    }

    private static void WritePosition(Span<byte> bytes, MessagePosition position)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, position.Milliseconds);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], position.Sequence);
    }
}

/// <summary>What a key in Redis holds.</summary>
internal enum L2Content
{
    /// <summary>A value.</summary>
    Entry,

    /// <summary>The trace of an invalidation.</summary>
    Tombstone,

    /// <summary>Nothing that this format knows.</summary>
    Foreign,
}

/// <summary>An entry in Redis.</summary>
internal sealed record L2Entry(
    MessagePosition AsOf,
    DateTimeOffset Created,
    DateTimeOffset Expires,
    string[] Tags,
    bool IsNull,
    ReadOnlyMemory<byte> Payload
);
