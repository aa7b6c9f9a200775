using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;

namespace RedisFlow.Caching.L2;

/// <summary>
/// Makes large payloads smaller, and large again. The compressed form: 4 bytes the payload's length (big-endian), then
/// Brotli.
/// </summary>
/// <remarks>
/// Brotli at its fastest named level. Measured with 64 KB of JSON (records with ids, names, amounts and times) on two
/// x64 cores: 28 % of its size left after 0.27 ms, restored in 0.09 ms; gzip at its fastest left 42 % after 0.10 ms,
/// restored in 0.06 ms. No caller waits for the fill, and each read saves the transfer of the difference. The encoder
/// also works on spans, without a stream per call.
/// </remarks>
internal static class L2Compression
{
    /// <summary>
    /// No payload is restored that claims to be larger than this, in bytes, whatever the settings say; nor are such
    /// compressed.
    /// </summary>
    public const int MaxLength = 64 << 20;

    private const int PrefixLength = 4;
    private const int Quality = 1;
    private const int Window = 22;

    /// <summary>Compresses, if that saves at least a tenth.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="buffer">Rented from the shared pool; the caller returns it.</param>
    /// <param name="length">How much of the buffer is used.</param>
    public static bool TryCompress(ReadOnlySpan<byte> payload, out byte[] buffer, out int length)
    {
        (buffer, length) = ([], 0);

        // What does not fit here saves too little.
        var most = payload.Length - (payload.Length / 10) - 1;
        if (payload.Length > MaxLength || most <= PrefixLength)
        {
            return false;
        }

        buffer = ArrayPool<byte>.Shared.Rent(most);
        if (
            !BrotliEncoder.TryCompress(
                payload,
                buffer.AsSpan(PrefixLength, most - PrefixLength),
                out var compressed,
                Quality,
                Window
            )
        )
        {
            ArrayPool<byte>.Shared.Return(buffer);
            return false;
        }

        BinaryPrimitives.WriteUInt32BigEndian(buffer, (uint)payload.Length);
        length = PrefixLength + compressed;
        return true;
    }

    /// <summary>
    /// Restores a payload. What does not restore to exactly the length that it claims, using up all bytes, is damaged.
    /// </summary>
    /// <param name="compressed">The compressed form.</param>
    /// <param name="maxLength">The largest payload to restore, in bytes, at most <see cref="MaxLength"/>: judged before
    /// that much memory is taken.</param>
    /// <param name="payload">The payload.</param>
    public static bool TryRestore(ReadOnlySpan<byte> compressed, int maxLength, out byte[] payload)
    {
        payload = [];
        if (compressed.Length <= PrefixLength)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(compressed);
        if (length > Math.Min(maxLength, MaxLength))
        {
            return false;
        }

        payload = GC.AllocateUninitializedArray<byte>((int)length);
        using var decoder = new BrotliDecoder();
        return decoder.Decompress(compressed[PrefixLength..], payload, out var consumed, out var written)
                == OperationStatus.Done
            && consumed == compressed.Length - PrefixLength
            && written == payload.Length;
    }
}
