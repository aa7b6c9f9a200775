using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace RedisFlow.AspNetCore.RateLimits;

/// <summary>Whom a request comes from, as far as limits tell clients apart.</summary>
internal static class ClientAddress
{
    /// <summary>What one customer of an IPv6 provider gets at least, and may choose his addresses from.</summary>
    private const int NetworkBytes = 8;

    public static IPAddress Of(HttpContext context) => Of(context.Connection.RemoteIpAddress);

    /// <summary>Whom an address stands for.</summary>
    public static IPAddress Of(IPAddress? address)
    {
        switch (address)
        {
            case null:
                // No TCP, e.g. a Unix socket: all of them are one client.
                return IPAddress.None;
            case { IsIPv4MappedToIPv6: true }:
                return address.MapToIPv4();
            case { AddressFamily: AddressFamily.InterNetworkV6 }:
                var bytes = address.GetAddressBytes();
                bytes.AsSpan(NetworkBytes).Clear();
                return new IPAddress(bytes);
            default:
                return address;
        }
    }
}
