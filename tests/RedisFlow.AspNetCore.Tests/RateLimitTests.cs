using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Options;
using RedisFlow.AspNetCore.RateLimits;

namespace RedisFlow.AspNetCore.Tests;

public sealed class RateLimitTests
{
    [Fact]
    public async Task Who_asks_too_often_is_told_so_and_when_to_try_again()
    {
        await using var service = await StartAsync(1);
        var (status, retryAfter, problem) = await EmptyAsync(service.Client);

        Assert.Equal(HttpStatusCode.TooManyRequests, status);
        Assert.Equal(TimeSpan.FromSeconds(1), retryAfter);
        Assert.Equal("https://tools.ietf.org/html/rfc6585#section-4", problem.GetProperty("type").GetString());
        Assert.Equal(
            "Each client may send 1 requests per second to an instance. Try again in 1 s, or raise "
                + "RateLimit:RequestsPerSecond.",
            problem.GetProperty("detail").GetString()
        );
    }

    [Fact]
    public async Task What_does_not_exist_counts_too()
    {
        await using var service = await StartAsync(1);

        Assert.Equal(HttpStatusCode.TooManyRequests, (await EmptyAsync(service.Client, "/nothing")).Status);
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    public async Task Health_checks_are_answered_however_often_somebody_asks(string path)
    {
        await using var service = await StartAsync(1);
        await EmptyAsync(service.Client);

        for (var i = 0; i < 20; i++)
        {
            using var response = await service.Client.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Fact]
    public async Task Who_asks_too_often_locks_out_no_other_address()
    {
        await using var service = await StartAsync(1);
        using var other = LoopbackClient.From("127.0.0.2", service.Client.BaseAddress!);
        await EmptyAsync(service.Client);

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(other)).Status);
    }

    [Fact]
    public async Task Behind_a_proxy_whose_headers_are_believed_its_clients_are_told_apart()
    {
        await using var service = await StartAsync(1, ("FORWARDEDHEADERS_ENABLED", "true"));
        await EmptyAsync(service.Client, forwardedFor: "192.0.2.7");

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(service.Client, forwardedFor: "192.0.2.8")).Status);
    }

    [Fact]
    public async Task Nobody_chooses_his_address_where_no_proxy_is_believed()
    {
        await using var service = await StartAsync(1);
        await EmptyAsync(service.Client, forwardedFor: "192.0.2.7");

        Assert.Equal(
            HttpStatusCode.TooManyRequests,
            (await EmptyAsync(service.Client, forwardedFor: "192.0.2.8")).Status
        );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1_000_001)]
    public async Task An_impossible_rate_stops_the_start(int rate)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(rate));

        Assert.Contains(
            $"RateLimit:RequestsPerSecond is {rate}. It must be from 1 to 1000000, e.g. 2000.",
            failure.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    [InlineData("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::")]
    [InlineData("2001:db8:1:3::1", "2001:db8:1:3::")]
    [InlineData(null, "255.255.255.255")]
    public void Clients_are_told_apart_by_what_one_of_them_can_choose(string? address, string client) =>
        Assert.Equal(IPAddress.Parse(client), ClientAddress.Of(address is null ? null : IPAddress.Parse(address)));

    private static Task<TestService> StartAsync(int rate, params (string, string?)[] settings) =>
        TestService.StartAsync(
            app => app.MapGet("/open", () => 1),
            null,
            [("RateLimit:RequestsPerSecond", rate.ToString(CultureInfo.InvariantCulture)), .. settings]
        );

    /// <summary>
    /// Asks until it is refused: with a token a second that is the second request, unless the machine is slow.
    /// </summary>
    private static async Task<(HttpStatusCode Status, TimeSpan? RetryAfter, JsonElement Body)> EmptyAsync(
        HttpClient client,
        string path = "/open",
        string? forwardedFor = null
    )
    {
        var answer = await GetAsync(client, path, forwardedFor);
        for (var i = 0; i < 100 && answer.Status != HttpStatusCode.TooManyRequests; i++)
        {
            answer = await GetAsync(client, path, forwardedFor);
        }

        return answer;
    }

    private static async Task<(HttpStatusCode Status, TimeSpan? RetryAfter, JsonElement Body)> GetAsync(
        HttpClient client,
        string path = "/open",
        string? forwardedFor = null
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (forwardedFor is not null)
        {
            request.Headers.Add("X-Forwarded-For", forwardedFor);
        }

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (response.StatusCode, response.Headers.RetryAfter?.Delta, JsonDocument.Parse(text).RootElement);
    }
}
