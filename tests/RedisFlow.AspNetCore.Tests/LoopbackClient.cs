using System.Net;
using System.Net.Sockets;

namespace RedisFlow.AspNetCore.Tests;

/// <summary>Clients with addresses of their own: all of 127.0.0.0/8 is this machine.</summary>
internal static class LoopbackClient
{
    public static HttpClient From(string address, Uri service)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        return new HttpClient(handler) { BaseAddress = service };
    }
}
