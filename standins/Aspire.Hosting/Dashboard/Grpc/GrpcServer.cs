using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Aspire.Hosting.Dashboard.Grpc;

/// <summary>Serves the methods of one gRPC service over HTTP/2: unary and server streaming ones.</summary>
/// <param name="authorize">Throws a <see cref="GrpcException"/> if the caller may not call.</param>
/// <param name="stopping">Ends all calls.</param>
/// <param name="logger">Learns of methods that throw.</param>
internal sealed class GrpcServer(Action<HttpRequest> authorize, CancellationToken stopping, ILogger logger)
{
    private const string ContentType = "application/grpc";

    private readonly Dictionary<string, Func<HttpContext, CancellationToken, Task>> _methods = new(StringComparer.Ordinal);

    /// <param name="path"><c>/package.Service/Method</c></param>
    /// <param name="method">Answers a request.</param>
    public GrpcServer MapUnary<TRequest, TResponse>(string path, Func<TRequest, CancellationToken, Task<TResponse>> method)
        where TRequest : IMessage<TRequest>, new()
        where TResponse : IMessage
    {
        _methods.Add(path, async (context, cancellationToken) =>
        {
            var request = await GrpcFraming.ReadAsync<TRequest>(context.Request.Body, cancellationToken);
            var response = await method(request, cancellationToken);
            await GrpcFraming.WriteAsync(context.Response.BodyWriter, response, cancellationToken);
        });
        return this;
    }

    /// <param name="path"><c>/package.Service/Method</c></param>
    /// <param name="method">Answers a request with a sequence.</param>
    public GrpcServer MapStream<TRequest, TResponse>(string path, Func<TRequest, CancellationToken, IAsyncEnumerable<TResponse>> method)
        where TRequest : IMessage<TRequest>, new()
        where TResponse : IMessage
    {
        _methods.Add(path, async (context, cancellationToken) =>
        {
            var request = await GrpcFraming.ReadAsync<TRequest>(context.Request.Body, cancellationToken);
            await foreach (var response in method(request, cancellationToken).WithCancellation(cancellationToken))
            {
                await GrpcFraming.WriteAsync(context.Response.BodyWriter, response, cancellationToken);
            }
        });
        return this;
    }

    /// <summary>A streaming method that never has anything to say: the call stays open, and what the caller says is not read.</summary>
    /// <param name="path"><c>/package.Service/Method</c></param>
    public GrpcServer MapSilent(string path)
    {
        _methods.Add(path, (_, cancellationToken) => Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken));
        return this;
    }

    public async Task HandleAsync(HttpContext context)
    {
        if (context.Request.ContentType?.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase) != true)
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        context.Response.ContentType = ContentType;
        var (status, message) = await CallAsync(context);
        context.Response.AppendTrailer("grpc-status", ((int)status).ToString(CultureInfo.InvariantCulture));
        if (message.Length > 0)
        {
            context.Response.AppendTrailer("grpc-message", Uri.EscapeDataString(message));
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a method throws becomes the call's status, and is logged.")]
    private async Task<(GrpcStatusCode Status, string Message)> CallAsync(HttpContext context)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            authorize(context.Request);
            if (!_methods.TryGetValue(context.Request.Path, out var method))
            {
                return (GrpcStatusCode.Unimplemented, $"{context.Request.Path} is not served.");
            }

            // A stream may have nothing to say for long: its reader learns at once that it is open.
            await context.Response.StartAsync(stop.Token);
            await context.Response.BodyWriter.FlushAsync(stop.Token);
            await method(context, stop.Token);
            return (GrpcStatusCode.Ok, "");
        }
        catch (GrpcException exception)
        {
            return (exception.Status, exception.Message);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // A stream that ends with its server ends well.
            return (GrpcStatusCode.Ok, "");
        }
        catch (Exception exception) when (context.RequestAborted.IsCancellationRequested)
        {
            logger.CallCancelled(exception, context.Request.Path);
            return (GrpcStatusCode.Cancelled, "The call was cancelled.");
        }
        catch (Exception exception)
        {
            logger.CallFailed(exception, context.Request.Path);
            return (GrpcStatusCode.Unknown, $"{context.Request.Path} failed.");
        }
    }
}
