using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace RedisFlow.AspNetCore.Tests;

/// <summary>
/// Requests as they are written here: <see cref="HttpClient"/> makes one line of a header that is there twice.
/// </summary>
internal static class RawHttp
{
    public static async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(
        Uri address,
        string path,
        params string[] headers
    )
    {
        var cancel = TestContext.Current.CancellationToken;
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, cancel);
        await using var stream = client.GetStream();

        // HTTP/1.0: the answer comes in one piece and ends with the connection.
        string[] lines = [$"GET {path} HTTP/1.0", $"Host: {address.Authority}", .. headers, "", ""];
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Join("\r\n", lines)), cancel);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var parts = (await reader.ReadToEndAsync(cancel)).Split("\r\n\r\n", 2);
        var status = int.Parse(parts[0].Split(' ')[1], CultureInfo.InvariantCulture);
        return ((HttpStatusCode)status, JsonDocument.Parse(parts[1]).RootElement);
    }
}
