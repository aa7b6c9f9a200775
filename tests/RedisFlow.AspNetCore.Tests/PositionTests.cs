using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RedisFlow.AspNetCore.Positions;
using RedisFlow.Streams;
using RedisFlow.Testing;

namespace RedisFlow.AspNetCore.Tests;

public sealed class PositionTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);
    private readonly ManualTail _tail = new();
    private int _served;

    [Fact]
    public async Task An_answer_carries_the_position_from_before_it_was_served()
    {
        await using var service = await StartAsync();
        _tail.Apply("5-0");

        var (response, _) = await GetAsync(service, "/moving");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("5-0", PositionOf(response));
        Assert.Equal("9-9", _tail.AppliedPosition.ToString());
    }

    [Fact]
    public async Task A_position_that_is_applied_is_served_without_waiting()
    {
        await using var service = await StartAsync(("Positions:MaxWait", "00:00:00"));
        _tail.Apply("5-3");

        foreach (var demanded in new[] { "0-0", "5-2", "5-3" })
        {
            var (response, _) = await GetAsync(service, "/read", demanded);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.Equal(3, _served);
    }

    [Fact]
    public async Task Nothing_of_the_endpoint_runs_before_its_position_is_applied()
    {
        await using var service = await StartAsync(("Positions:MaxWait", "00:00:30"));
        _tail.Apply("5-0");
        var request = GetAsync(service, "/read", "7-1");
        await WaitersAsync(1);

        _tail.Apply("7-0");
        await WaitersAsync(1);
        Assert.Equal(0, _served);

        _tail.Apply("8-0");
        var (response, _) = await request;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("8-0", PositionOf(response));
        Assert.Equal(1, _served);
    }

    [Theory]
    [InlineData("00:00:00")]
    [InlineData("00:00:00.200")]
    public async Task A_position_that_does_not_come_is_a_503_in_time_that_says_both(string maxWait)
    {
        await using var service = await StartAsync(("Positions:MaxWait", maxWait));
        _tail.Apply("5-0");

        var (response, problem) = await Soon.Within(Bound, () => GetAsync(service, "/read", "7-1"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Equal("5-0", PositionOf(response));
        Assert.Equal("7-1", problem.GetProperty("demandedPosition").GetString());
        Assert.Equal("5-0", problem.GetProperty("appliedPosition").GetString());
        Assert.StartsWith("https://", problem.GetProperty("type").GetString(), StringComparison.Ordinal);
        foreach (var said in new[] { "7-1", "5-0", "RedisFlow-Min-Position", "Try again" })
        {
            Assert.Contains(said, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal(0, _served);
        Assert.Equal(0, _tail.Waiting);
    }

    [Fact]
    public async Task A_client_that_goes_away_waits_no_longer()
    {
        await using var service = await StartAsync(("Positions:MaxWait", "00:00:30"));
        using var client = new CancellationTokenSource();
        var request = GetAsync(service, "/read", "7-1", client.Token);
        await WaitersAsync(1);

        await client.CancelAsync();

        // Long before the 30 s are over.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await Eventually.Until(
            () => _tail.Waiting == 0,
            TimeSpan.FromSeconds(15),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(0, _served);
    }

    [Fact]
    public async Task The_wait_takes_nothing_from_the_time_to_serve()
    {
        await using var service = await StartAsync();
        var context = service.Services.GetRequiredService<IHttpContextAccessor>();
        IHttpRequestTimeoutFeature? whileWaiting = null;
        _tail.OnWait = () => whileWaiting = context.HttpContext!.Features.Get<IHttpRequestTimeoutFeature>();
        var request = GetAsync(service, "/timed", "7-1");
        await WaitersAsync(1);
        _tail.Apply("7-1");

        var (_, body) = await request;

        Assert.Null(whileWaiting);
        Assert.True(body.GetBoolean());
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("")]
    [InlineData("17")]
    [InlineData("-")]
    [InlineData("1-")]
    [InlineData("-1-0")]
    [InlineData("1-0-0")]
    [InlineData("1-0, 2-0")]
    [InlineData("18446744073709551616-0")]
    [InlineData("1.5-0")]
    public async Task What_is_no_position_is_named_with_an_example(string value)
    {
        await using var service = await StartAsync();

        foreach (var path in new[] { "/read", "/source" })
        {
            var (response, problem) = await GetAsync(service, path, value);
            AssertRefused(response.StatusCode, problem, $"'{value}'");
        }

        Assert.Equal(0, _served);
    }

    [Fact]
    public async Task Two_positions_are_one_too_many()
    {
        await using var service = await StartAsync();

        foreach (var path in new[] { "/read", "/source" })
        {
            var (status, problem) = await RawHttp.GetAsync(
                service.Client.BaseAddress!,
                path,
                $"{PositionHeaders.MinPosition}: 1-0",
                $"{PositionHeaders.MinPosition}: 2-0"
            );
            AssertRefused(status, problem, "these are 2");
        }
    }

    [Fact]
    public async Task A_long_value_is_not_repeated_in_full()
    {
        await using var service = await StartAsync();

        var (response, problem) = await GetAsync(service, "/read", new string('7', 5000));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.True(problem.GetProperty("detail").GetString()!.Length < 400);
    }

    [Fact]
    public async Task The_source_waits_for_nothing()
    {
        await using var service = await TestService.StartAsync(Map);

        var (response, _) = await GetAsync(service, "/source", "18446744073709551615-18446744073709551615");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Null(PositionOf(response));
    }

    [Fact]
    public async Task Other_endpoints_have_no_positions()
    {
        await using var service = await StartAsync();

        var (response, _) = await GetAsync(service, "/other", "abc");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Null(PositionOf(response));
    }

    [Theory]
    [InlineData("-00:00:00.001")]
    [InlineData("00:00:30.001")]
    public async Task A_wait_out_of_range_stops_the_start(string maxWait)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            StartAsync(("Positions:MaxWait", maxWait))
        );

        Assert.Contains("Positions:MaxWait is ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("e.g. \"00:00:02\"", failure.Message, StringComparison.Ordinal);
    }

    private static string? PositionOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues(PositionHeaders.Position, out var values) ? Assert.Single(values) : null;

    private static void AssertRefused(HttpStatusCode status, JsonElement problem, string said)
    {
        Assert.Equal(HttpStatusCode.BadRequest, status);
        var message = Assert
            .Single(problem.GetProperty("errors").GetProperty("RedisFlow-Min-Position").EnumerateArray())
            .GetString();
        Assert.Contains(said, message, StringComparison.Ordinal);
        Assert.Contains("RedisFlow-Min-Position: 1795234011241-0", message, StringComparison.Ordinal);
    }

    private static async Task<(HttpResponseMessage Response, JsonElement Body)> GetAsync(
        TestService service,
        string path,
        string? demanded = null,
        CancellationToken? cancellationToken = null
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (demanded is not null)
        {
            request.Headers.TryAddWithoutValidation(PositionHeaders.MinPosition, demanded);
        }

        var response = await service.Client.SendAsync(
            request,
            cancellationToken ?? TestContext.Current.CancellationToken
        );
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (response, JsonDocument.Parse(text).RootElement);
    }

    private Task<TestService> StartAsync(params (string Key, string? Value)[] settings) =>
        TestService.StartAsync(
            Map,
            builder => builder.Services.AddSingleton<IStreamTail>(_tail).AddHttpContextAccessor(),
            settings
        );

    private void Map(WebApplication app)
    {
        // The filter comes first of what an endpoint has: it must wait too.
        var cached = app.MapGroup("")
            .WithPositionsOfCache()
            .AddEndpointFilter(
                async (context, next) =>
                {
                    Interlocked.Increment(ref _served);
                    return await next(context);
                }
            );
        cached.MapGet("/read", () => 1);
        cached.MapGet(
            "/moving",
            () =>
            {
                _tail.Apply("9-9");
                return 1;
            }
        );
        cached.MapGet(
            "/timed",
            (HttpContext context) => context.Features.Get<IHttpRequestTimeoutFeature>() is not null
        );
        app.MapGet("/source", () => 1).WithPositionsOfSource();
        app.MapGet("/other", () => 1);
    }

    private Task WaitersAsync(int count) =>
        Eventually.Until(() => _tail.Waiting == count, cancellationToken: TestContext.Current.CancellationToken);
}
