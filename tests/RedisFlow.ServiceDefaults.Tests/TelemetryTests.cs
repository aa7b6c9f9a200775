using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using RedisFlow.Testing;

namespace RedisFlow.ServiceDefaults.Tests;

/// <summary>Runs alone: activity sources belong to the process, so the spans of other tests' services would be seen as well.</summary>
[CollectionDefinition(nameof(TelemetryTests), DisableParallelization = true)]
[Collection(nameof(TelemetryTests))]
public sealed class TelemetryTests
{
    [Fact]
    public async Task Health_probes_leave_no_span_and_requests_are_named_by_their_route()
    {
        using var source = new ActivitySource("RedisFlow.Streams");
        await using var service = await TestService.StartAsync(app =>
        {
            var companies = app.MapGroup("/api/companies");
            companies.MapPut("/{id}", (long id) =>
            {
                using var inner = source.StartActivity("send cache:invalidation", ActivityKind.Producer);
                return id;
            });
            app.MapGet("/api/bug", string () => throw new InvalidOperationException());
        });

        await service.SendAsync(HttpMethod.Get, "/api/bug");
        using (await service.Client.GetAsync("/health", TestContext.Current.CancellationToken))
        using (await service.Client.GetAsync("/alive", TestContext.Current.CancellationToken))
        using (await service.Client.PutAsync("/api/companies/7", null, TestContext.Current.CancellationToken))
        {
        }

        // A span ends after its answer was sent.
        foreach (var name in new[] { "GET /api/bug", "PUT /api/companies/{id}" })
        {
            await Eventually.Until(() => service.Spans.Any(span => span.DisplayName == name), cancellationToken: TestContext.Current.CancellationToken);
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

    private static Task AssertStopsInTimeAsync(string collector, string protocol) =>
        Soon.Measured(TimeSpan.FromSeconds(2.5), () => MeasureStopAsync(collector, protocol));

    private static async Task<TimeSpan> MeasureStopAsync(string collector, string protocol)
    {
        var service = await TestService.StartAsync(
            app => app.MapGet("/api", () => "x"),
            configure: null,
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol));
        using (await service.Client.GetAsync("/api", TestContext.Current.CancellationToken))
        {
        }

        var clock = Stopwatch.StartNew();
        await service.StopAsync();
        await service.DisposeAsync();

        return clock.Elapsed;
    }
}
