using System.Buffers.Binary;
using System.IO.Pipelines;
using Google.Protobuf;

namespace Aspire.Hosting.Dashboard.Grpc;

/// <summary>
/// gRPC's message framing: one byte that says whether the message is compressed, four bytes of length (big endian), the message
/// (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
/// </summary>
internal static class GrpcFraming
{
    private const int PrefixLength = 5;

    /// <summary>Far above any request that the dashboard makes; bytes.</summary>
    private const int MaxRequestLength = 1 << 20;

    /// <exception cref="GrpcException">The body is not one uncompressed message of that type.</exception>
    public static async Task<T> ReadAsync<T>(Stream body, CancellationToken cancellationToken)
        where T : IMessage<T>, new()
    {
        try
        {
            var prefix = new byte[PrefixLength];
            await body.ReadExactlyAsync(prefix, cancellationToken);
            if (prefix[0] != 0)
            {
                throw new GrpcException(GrpcStatusCode.Unimplemented, "Compressed requests are not supported.");
            }

            var length = BinaryPrimitives.ReadUInt32BigEndian(prefix.AsSpan(1));
            if (length > MaxRequestLength)
            {
                throw new GrpcException(
                    GrpcStatusCode.InvalidArgument,
                    $"The request has {length} bytes; at most {MaxRequestLength} are accepted.");
            }

            var message = new byte[length];
            await body.ReadExactlyAsync(message, cancellationToken);
            var request = new T();
            request.MergeFrom(message);
            return request;
        }
        catch (Exception exception) when (exception is EndOfStreamException or InvalidProtocolBufferException)
        {
            throw new GrpcException(GrpcStatusCode.InvalidArgument, $"The request is not a {typeof(T).Name}: {exception.Message}");
        }
    }

    public static async Task WriteAsync(PipeWriter body, IMessage message, CancellationToken cancellationToken)
    {
        var length = message.CalculateSize();
        var prefix = body.GetSpan(PrefixLength);
        prefix[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(prefix[1..], length);
        body.Advance(PrefixLength);
        message.WriteTo(body);
        await body.FlushAsync(cancellationToken);
    }
}
