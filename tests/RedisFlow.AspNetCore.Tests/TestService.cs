using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace RedisFlow.AspNetCore.Tests;

/// <summary>A service with the defaults, in process, on a free port of 127.0.0.1.</summary>
internal sealed class TestService : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestService(WebApplication app, ConcurrentQueue<Activity> spans)
    {
        _app = app;
        Spans = spans;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = TimeSpan.FromMinutes(1) };
    }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>The spans that an exporter would get.</summary>
    public ConcurrentQueue<Activity> Spans { get; }

    public static async Task<TestService> StartAsync(
        Action<WebApplication> map,
        Action<WebApplicationBuilder>? configure = null,
        params (string Key, string? Value)[] settings
    )
    {
        var environment = settings.FirstOrDefault(setting => setting.Key == "environment").Value ?? "Production";
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { ApplicationName = "TestService", EnvironmentName = environment }
        );
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        foreach (var (key, value) in settings)
        {
            builder.Configuration[key] = value;
        }

        var spans = new ConcurrentQueue<Activity>();
        builder.AddServiceDefaults();
        builder.Services.ConfigureOpenTelemetryTracerProvider(tracing =>
            tracing.AddProcessor(new SimpleActivityExportProcessor(new Keep(spans)))
        );
        configure?.Invoke(builder);

        var app = builder.Build();
        app.MapDefaultEndpoints();
        map(app);
        await app.StartAsync();
        return new TestService(app, spans);
    }

    public async Task<(HttpResponseMessage Response, JsonElement Body)> SendAsync(
        HttpMethod method,
        string path,
        string? json = null
    )
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (response, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    /// <summary>Sends, and checks that the answer is a complete problem of the given status.</summary>
    public async Task<JsonElement> ProblemAsync(HttpMethod method, string path, int status, string? json = null)
    {
        var (response, body) = await SendAsync(method, path, json);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(status, body.GetProperty("status").GetInt32());
        Assert.StartsWith(
            "https://tools.ietf.org/html/rfc9110#section-",
            body.GetProperty("type").GetString(),
            StringComparison.Ordinal
        );
        Assert.NotEmpty(body.GetProperty("title").GetString()!);
        Assert.NotEmpty(body.GetProperty("detail").GetString()!);
        Assert.Equal(path.Split('?')[0], body.GetProperty("instance").GetString());
        Assert.Equal(32, body.GetProperty("traceId").GetString()!.Length);
        Assert.DoesNotContain("   at ", body.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", body.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(status == StatusCodes.Status503ServiceUnavailable, response.Headers.RetryAfter is not null);
        return body;
    }

    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }

    private sealed class Keep(ConcurrentQueue<Activity> spans) : BaseExporter<Activity>
    {
        public override ExportResult Export(in Batch<Activity> batch)
        {
            foreach (var span in batch)
            {
                spans.Enqueue(span);
            }

            return ExportResult.Success;
        }
    }
}
