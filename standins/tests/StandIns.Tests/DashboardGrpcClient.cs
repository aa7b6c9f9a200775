using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace StandIns.Tests;

/// <summary>A gRPC client made of HTTP/2 and Google.Protobuf only, so that it shares no code with the server it tests.</summary>
internal sealed class DashboardGrpcClient(string address, string? apiKey) : IDisposable
{
    private readonly HttpClient _http = new();

    public async Task<T> CallAsync<T>(string method, IMessage request)
        where T : class, IMessage<T>, new()
    {
        using var call = await StartAsync(method, Frame(request));
        var response = await call.ReadAsync<T>();
        Assert.NotNull(response);
        Assert.Null(await call.ReadAsync<T>());
        Assert.Equal("0", call.Status);
        return response;
    }

    /// <summary>Calls with a body as it stands.</summary>
    public async Task<DashboardGrpcCall> StartAsync(string method, byte[] body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"{address}/aspire.v1.DashboardService/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        request.Headers.TE.Add(new("trailers"));
        if (apiKey is not null)
        {
            request.Headers.Add("x-resource-service-api-key", apiKey);
        }

        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ApplicationModelServices.DeadlineToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/grpc", response.Content.Headers.ContentType?.MediaType);
        return new(response, await response.Content.ReadAsStreamAsync(ApplicationModelServices.DeadlineToken));
    }

    public static byte[] Frame(IMessage message)
    {
        var bytes = message.ToByteArray();
        var frame = new byte[5 + bytes.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), bytes.Length);
        bytes.CopyTo(frame, 5);
        return frame;
    }

    public void Dispose() => _http.Dispose();
}

internal sealed class DashboardGrpcCall(HttpResponseMessage response, Stream body) : IDisposable
{
    /// <summary>Known once the body has been read to its end.</summary>
    public string? Status => Trailer("grpc-status");

    public string? Message => Trailer("grpc-message") is { } message ? Uri.UnescapeDataString(message) : null;

    /// <summary>The next message; <see langword="null"/> at the end.</summary>
    public async Task<T?> ReadAsync<T>()
        where T : class, IMessage<T>, new()
    {
        var prefix = new byte[5];
        var read = await body.ReadAtLeastAsync(prefix, prefix.Length, throwOnEndOfStream: false, ApplicationModelServices.DeadlineToken);
        if (read == 0)
        {
            return null;
        }

        Assert.Equal(prefix.Length, read);
        Assert.Equal(0, prefix[0]);
        var bytes = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix.AsSpan(1))];
        await body.ReadExactlyAsync(bytes, ApplicationModelServices.DeadlineToken);
        var message = new T();
        message.MergeFrom(bytes);
        return message;
    }

    public async Task ReadToEndAsync()
    {
        var rest = new byte[1024];
        while (await body.ReadAsync(rest, ApplicationModelServices.DeadlineToken) > 0)
        {
            // Only the trailers are of interest.
        }
    }

    public void Dispose() => response.Dispose();

    private string? Trailer(string name) => response.TrailingHeaders.TryGetValues(name, out var values) ? values.Single() : null;
}
