using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Options;
using RedisFlow.AspNetCore.Admin;
using RedisFlow.Testing;

namespace RedisFlow.AspNetCore.Tests;

public sealed class AdminRateLimitTests
{
    private const string Key = "Correct-Horse-Battery-Staple";

    [Fact]
    public async Task Guessing_is_counted_and_then_even_the_right_key_has_to_wait()
    {
        await using var service = await StartAsync(3);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(
                HttpStatusCode.Unauthorized,
                (await GetAsync(service.Client, $"Wrong-Horse-Battery-Staple-{i}")).Status
            );
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
        using var other = LoopbackClient.From("127.0.0.2", service.Client.BaseAddress!);
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
            cancellationToken: TestContext.Current.CancellationToken
        );

        await Eventually.Until(
            async () => (await GetAsync(service.Client, Key)).Status,
            status => status == HttpStatusCode.OK,
            TimeSpan.FromSeconds(30),
            TestContext.Current.CancellationToken
        );
    }

    [Fact]
    public async Task Other_endpoints_do_not_count()
    {
        await using var service = await StartAsync(1);

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await GetAsync(service.Client, Key, "/open")).Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(service.Client, Key)).Status);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(100_001)]
    public async Task An_impossible_rate_stops_the_start(int rate)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(rate));

        Assert.Contains(
            $"Admin:RequestsPerMinute is {rate}. It must be from 1 to 100000, e.g. 300.",
            failure.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task The_bounds_of_the_rate_are_possible(int rate)
    {
        await using var service = await StartAsync(rate);

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(service.Client, Key)).Status);
    }

    private static Task<TestService> StartAsync(int rate) =>
        TestService.StartAsync(
            app =>
            {
                app.MapGroup("/admin").RequireAdminKey().MapGet("", () => 1);
                app.MapGet("/open", () => 1);
            },
            null,
            ("Admin:Key", Key),
            ("Admin:RequestsPerMinute", rate.ToString(System.Globalization.CultureInfo.InvariantCulture))
        );

    private static async Task<(HttpStatusCode Status, TimeSpan? RetryAfter, JsonElement Body)> GetAsync(
        HttpClient client,
        string key,
        string path = "/admin"
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add(AdminKeyEndpoints.Header, key);
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (response.StatusCode, response.Headers.RetryAfter?.Delta, JsonDocument.Parse(text).RootElement);
    }
}
