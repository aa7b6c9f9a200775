using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Options;
using RedisFlow.ServiceDefaults.Admin;
using RedisFlow.Testing;

namespace RedisFlow.ServiceDefaults.Tests;

public sealed class AdminRateLimitTests
{
    private const string Key = "Correct-Horse-Battery-Staple";

    [Fact]
    public async Task Guessing_is_counted_and_then_even_the_right_key_has_to_wait()
    {
        await using var service = await StartAsync(3);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(service.Client, $"Wrong-Horse-Battery-Staple-{i}")).Status);
        }

        var (status, retryAfter, problem) = await GetAsync(service.Client, Key);

        Assert.Equal(HttpStatusCode.TooManyRequests, status);

        // One of three per minute comes back each 20 s.
        Assert.Equal(TimeSpan.FromSeconds(20), retryAfter);
        Assert.Equal("https://tools.ietf.org/html/rfc6585#section-4", problem.GetProperty("type").GetString());
        Assert.Equal("/admin", problem.GetProperty("instance").GetString());
        Assert.Contains("Admin:RequestsPerMinute", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("Try again in 20 s", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_sends_too_much_locks_out_no_other_address()
    {
        await using var service = await StartAsync(2);
        using var other = From("127.0.0.2", service.Client.BaseAddress!);
        for (var i = 0; i < 10; i++)
        {
            await GetAsync(service.Client, "Wrong-Horse-Battery-Staple");
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, (await GetAsync(service.Client, Key)).Status);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(other, Key)).Status);
    }

    [Fact]
    public async Task Who_was_refused_gets_through_again_long_before_the_minute_is_over()
    {
        await using var service = await StartAsync(300);
        await Eventually.Until(
            async () => (await GetAsync(service.Client, "Wrong-Horse-Battery-Staple")).Status,
            status => status == HttpStatusCode.TooManyRequests,
            cancellationToken: TestContext.Current.CancellationToken);

        await Eventually.Until(
            async () => (await GetAsync(service.Client, Key)).Status,
            status => status == HttpStatusCode.OK,
            TimeSpan.FromSeconds(30),
            TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Other_endpoints_have_no_limit()
    {
        await using var service = await StartAsync(1);

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await GetAsync(service.Client, Key, "/open")).Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(service.Client, Key)).Status);
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    [InlineData("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::")]
    [InlineData("2001:db8:1:3::1", "2001:db8:1:3::")]
    [InlineData(null, "255.255.255.255")]
    public void Clients_are_told_apart_by_what_one_of_them_can_choose(string? address, string client) =>
        Assert.Equal(IPAddress.Parse(client), AdminRateLimit.ClientOf(address is null ? null : IPAddress.Parse(address)));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(100_001)]
    public async Task An_impossible_rate_stops_the_start(int rate)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(rate));

        Assert.Contains($"Admin:RequestsPerMinute is {rate}. It must be from 1 to 100000, e.g. 300.", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task The_bounds_of_the_rate_are_possible(int rate)
    {
        await using var service = await StartAsync(rate);

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(service.Client, Key)).Status);
    }

    private static Task<TestService> StartAsync(int rate) => TestService.StartAsync(
        app =>
        {
            app.MapGroup("/admin").RequireAdminKey().MapGet("", () => 1);
            app.MapGet("/open", () => 1);
        },
        null,
        ("Admin:Key", Key),
        ("Admin:RequestsPerMinute", rate.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    private static async Task<(HttpStatusCode Status, TimeSpan? RetryAfter, JsonElement Body)> GetAsync(HttpClient client, string key, string path = "/admin")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add(AdminKeyEndpoints.Header, key);
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (response.StatusCode, response.Headers.RetryAfter?.Delta, JsonDocument.Parse(text).RootElement);
    }

    /// <summary>A client with another address: all of 127.0.0.0/8 is this machine.</summary>
    private static HttpClient From(string address, Uri service)
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
