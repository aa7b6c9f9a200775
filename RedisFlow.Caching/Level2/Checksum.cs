using System.Buffers.Binary;
using System.Numerics;

namespace RedisFlow.Caching;

/// <summary>
/// CRC-32C (RFC 3720, appendix B.4), without its final complement: finds every damage of up to 32 bits in a row, and any other but for one in four
/// thousand million. Processors compute it, eight bytes at a time.
/// </summary>
internal static class Checksum
{
    /// <summary>Goes on with a checksum.</summary>
    /// <param name="checksum">That of what comes before; all ones for nothing.</param>
    /// <param name="bytes">What follows.</param>
    public static uint Append(uint checksum, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            checksum = BitOperations.Crc32C(checksum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var one in bytes)
        {
            checksum = BitOperations.Crc32C(checksum, one);
        }

        return checksum;
    }
}
