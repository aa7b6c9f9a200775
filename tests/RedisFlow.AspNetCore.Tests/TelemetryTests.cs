using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.AspNetCore.Tests;

/// <summary>
/// Runs alone: activity sources belong to the process, so the spans of other tests' services would be seen as well.
/// </summary>
[CollectionDefinition(nameof(TelemetryTests), DisableParallelization = true)]
[Collection(nameof(TelemetryTests))]
public sealed class TelemetryTests
{
    private const string RedisSource = "OpenTelemetry.Instrumentation.StackExchangeRedis";

    [Fact]
    public async Task Health_probes_leave_no_span_and_requests_are_named_by_their_route()
    {
        using var source = new ActivitySource("RedisFlow.Streams");
        await using var service = await TestService.StartAsync(app =>
        {
            var companies = app.MapGroup("/api/companies");
            companies.MapPut(
                "/{id}",
                (long id) =>
                {
                    using var inner = source.StartActivity("send cache:invalidation", ActivityKind.Producer);
                    return id;
                }
            );
            app.MapGet("/api/bug", string () => throw new InvalidOperationException());
        });

        await service.SendAsync(HttpMethod.Get, "/api/bug");
        using (await service.Client.GetAsync("/health", TestContext.Current.CancellationToken))
        using (await service.Client.GetAsync("/alive", TestContext.Current.CancellationToken))
        using (await service.Client.PutAsync("/api/companies/7", null, TestContext.Current.CancellationToken)) { }

        // A span ends after its answer was sent.
        foreach (var name in new[] { "GET /api/bug", "PUT /api/companies/{id}" })
        {
            await Eventually.Until(
                () => service.Spans.Any(span => span.DisplayName == name),
                cancellationToken: TestContext.Current.CancellationToken
            );
        }

        var servers = service.Spans.Where(span => span.Kind == ActivityKind.Server).Select(span => span.DisplayName);
        Assert.Equal(["GET /api/bug", "PUT /api/companies/{id}"], servers.Order());

        var put = service.Spans.Single(span => span.DisplayName == "PUT /api/companies/{id}");
        var send = service.Spans.Single(span => span.DisplayName == "send cache:invalidation");
        Assert.Equal(put.SpanId, send.ParentSpanId);
        Assert.Equal("/api/companies/{id}", put.GetTagItem("http.route"));
        Assert.Equal("PUT", put.GetTagItem("http.request.method"));
        Assert.Equal(200, put.GetTagItem("http.response.status_code"));
        Assert.Equal(ActivityStatusCode.Error, service.Spans.Single(span => span.DisplayName == "GET /api/bug").Status);
    }

    [Fact]
    public async Task A_Redis_command_inside_a_request_has_a_span_of_its_trace()
    {
        await using var redis = await RedisServer.StartAsync(TestContext.Current.CancellationToken);
        var service = await StartWithRedisAsync(redis);
        await using (service)
        {
            using var response = await service.Client.GetAsync("/redis", TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        // The instrumentation collects spans, and hands them over at the latest when the service ends.
        var request = service.Spans.Single(span => span.DisplayName == "GET /redis");
        var command = service.Spans.Single(span => span.Source.Name == RedisSource);
        Assert.Equal("GET", command.DisplayName);
        Assert.Equal(request.TraceId, command.TraceId);
        Assert.Equal(request.SpanId, command.ParentSpanId);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Redis_commands_in_the_background_have_no_spans(bool requestConnects)
    {
        await using var redis = await RedisServer.StartAsync(TestContext.Current.CancellationToken);
        var service = await StartWithRedisAsync(redis);
        await using (service)
        {
            if (requestConnects)
            {
                using var response = await service.Client.GetAsync("/redis", TestContext.Current.CancellationToken);
            }

            Assert.Null(Activity.Current);
            var database = service.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();
            await database.StringIncrementAsync("background");
            await database.ExecuteAsync("PING");
            using (await service.Client.GetAsync("/health", TestContext.Current.CancellationToken)) { }
        }

        // The test's own requests are traced as well: it is the client, in the same process.
        var spans = service.Spans.Where(span => span.Source.Name != "System.Net.Http");
        string[] expected = requestConnects ? ["GET", "GET /redis"] : [];
        Assert.Equal(expected, spans.Select(span => span.DisplayName).Order());
    }

    [Theory]
    [InlineData("http/protobuf")]
    [InlineData("grpc")]
    public async Task A_collector_that_hangs_holds_no_stop(string protocol)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await AssertStopsInTimeAsync($"http://{listener.LocalEndpoint}", protocol);
    }

    [Theory]
    [InlineData("http/protobuf")]
    [InlineData("grpc")]
    public async Task A_collector_that_is_not_there_holds_no_stop(string protocol) =>
        await AssertStopsInTimeAsync("http://127.0.0.1:1", protocol);

    private static Task<TestService> StartWithRedisAsync(RedisServer redis) =>
        TestService.StartAsync(
            app =>
                app.MapGet(
                    "/redis",
                    async (IServiceProvider services) =>
                    {
                        var database = services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();
                        return (await database.StringGetAsync("key")).ToString();
                    }
                ),
            builder => builder.AddRedis(),
            ("ConnectionStrings:redis", redis.ConnectionString)
        );

    private static Task AssertStopsInTimeAsync(string collector, string protocol) =>
        Soon.Measured(TimeSpan.FromSeconds(2.5), () => MeasureStopAsync(collector, protocol));

    private static async Task<TimeSpan> MeasureStopAsync(string collector, string protocol)
    {
        var service = await TestService.StartAsync(
            app => app.MapGet("/api", () => "x"),
            configure: null,
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)
        );
        using (await service.Client.GetAsync("/api", TestContext.Current.CancellationToken)) { }

        var clock = Stopwatch.StartNew();
        await service.StopAsync();
        await service.DisposeAsync();

        return clock.Elapsed;
    }
}
