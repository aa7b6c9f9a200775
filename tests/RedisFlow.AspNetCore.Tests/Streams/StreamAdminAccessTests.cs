using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using RedisFlow.Streams;
using RedisFlow.Testing;

namespace RedisFlow.AspNetCore.Tests.Streams;

public sealed class StreamAdminAccessTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private const string Prefix = "/api/admin/streams";

    /// <summary>What each endpoint would do something with.</summary>
    private static readonly Dictionary<string, string?> Bodies = new()
    {
        [$"GET {Prefix}/consumer-group"] = null,
        [$"GET {Prefix}/pending-count"] = null,
        [$"GET {Prefix}/stream-length"] = null,
        [$"GET {Prefix}/pending"] = null,
        [$"GET {Prefix}/dead-letters"] = null,
        [$"POST {Prefix}/claim-stale/{{minIdleMs}}"] = null,
        [$"POST {Prefix}/dead-letters/redrive"] = """{"all": true}""",
        [$"POST {Prefix}/pause"] = """{"reason": "a test"}""",
        [$"POST {Prefix}/resume"] = null,
        [$"POST {Prefix}/replay"] = """{"fromPosition": "0-0"}""",
        [$"POST {Prefix}/trim"] = null,
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_endpoint_answers_or_does_anything_without_the_right_key_and_each_does_with_it()
    {
        await using var service = await StartAsync();
        await service.AddLetterAsync(1, "g", [1]);
        await service.FillAsync(2);
        await service.ReadAsync(1);
        await service.ReadAsync(1, "h");
        await service.AckAsync("h", "1-1");
        await service.ReadAsync(1, "h");
        var before = await StateAsync(service);
        var endpoints = EndpointsOf(service);

        // A new endpoint belongs into the list above: what needs a body is asked with one that would be served.
        Assert.Equal(Bodies.Keys.Order(StringComparer.Ordinal), endpoints.Order(StringComparer.Ordinal));
        foreach (var endpoint in endpoints)
        {
            foreach (
                var key in new[]
                {
                    null,
                    "",
                    "Wrong-Horse-Battery-Staple",
                    Administered.Key + "r",
                    Administered.Key.ToLowerInvariant(),
                }
            )
            {
                var (status, challenge, problem) = await SendAsync(service, endpoint, key);
                Assert.True(status == HttpStatusCode.Unauthorized, $"{endpoint} answers {status} to the key '{key}'");
                Assert.StartsWith("AdminKey", challenge, StringComparison.Ordinal);
                Assert.Equal(401, problem.GetProperty("status").GetInt32());
            }
        }

        Assert.Equal(before, await StateAsync(service));
        foreach (var endpoint in endpoints)
        {
            var (status, _, body) = await SendAsync(service, endpoint, Administered.Key);
            Assert.True(status == HttpStatusCode.OK, $"{endpoint}: {body}");
        }

        Assert.NotEqual(before, await StateAsync(service));
    }

    [Fact]
    public async Task Neither_the_key_nor_what_was_sent_for_it_is_logged_traced_or_repeated_by_any_endpoint()
    {
        using var log = new FakeLoggerProvider();
        await using var service = await StartAsync(builder =>
            builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log)
        );
        var answers = new StringBuilder();

        foreach (var endpoint in EndpointsOf(service))
        {
            answers.Append((await SendAsync(service, endpoint, "Wrong-Horse-Battery-Staple")).Body);
            answers.Append((await SendAsync(service, endpoint, Administered.Key)).Body);
        }

        var spans = string.Join(
            "\n",
            service.Service.Spans.SelectMany(span => span.TagObjects).Select(tag => $"{tag.Key}={tag.Value}")
        );
        var lines = log.Collector.AllText();

        Assert.Contains($"{Prefix}/pause refused", lines, StringComparison.Ordinal);
        Assert.Contains($"{Prefix}/pause", spans, StringComparison.Ordinal);
        Assert.All(
            [lines, spans, answers.ToString()],
            text => Assert.DoesNotContain("Horse", text, StringComparison.OrdinalIgnoreCase)
        );
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_and_without_the_key_it_is_not_read()
    {
        await using var service = await StartAsync();
        var body = $$"""{"reason": "{{new string('x', 64 * 1024)}}"}""";

        var (withKey, _, _) = await SendAsync(service, $"POST {Prefix}/pause", Administered.Key, body);
        var (without, _, _) = await SendAsync(service, $"POST {Prefix}/pause", null, body);

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.Unauthorized), (withKey, without));
    }

    [Fact]
    public async Task Every_endpoint_is_limited_before_its_key_is_looked_at()
    {
        await using var service = await StartAsync(null, ("Admin:RequestsPerMinute", "1"));
        await SendAsync(service, $"GET {Prefix}/stream-length", null);

        foreach (var endpoint in EndpointsOf(service))
        {
            // The one token of a minute may have come back; the second request has none in any case.
            await SendAsync(service, endpoint, null);
            var (status, _, body) = await SendAsync(service, endpoint, null);
            Assert.True(status == HttpStatusCode.TooManyRequests, $"{endpoint}: {body}");
        }
    }

    [Fact]
    public async Task While_redis_is_down_every_endpoint_says_so()
    {
        await using var own = new RedisFixture();
        await own.InitializeAsync();
        await using var service = await Administered.StartAsync(own);
        await own.OneServer.StopAsync();

        var answers = await Task.WhenAll(
            EndpointsOf(service)
                .Select(async endpoint => (endpoint, await SendAsync(service, endpoint, Administered.Key)))
        );

        Assert.All(
            answers,
            answer =>
            {
                var (endpoint, (status, _, problem)) = answer;
                Assert.True(status == HttpStatusCode.ServiceUnavailable, $"{endpoint}: {problem}");
                Assert.Contains("Try again", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
            }
        );
    }

    [Fact]
    public async Task The_document_describes_shapes_and_refusals_of_every_endpoint()
    {
        await using var service = await StartAsync();
        var (_, document) = await service.Service.SendAsync(HttpMethod.Get, "/openapi/v1.json");

        foreach (var endpoint in EndpointsOf(service))
        {
            var (method, path) = (endpoint.Split(' ')[0].ToLowerInvariant(), endpoint.Split(' ')[1]);
            var operation = document.GetProperty("paths").GetProperty(path).GetProperty(method);
            var responses = operation.GetProperty("responses");
            Assert.NotEmpty(operation.GetProperty("summary").GetString()!);
            Assert.True(
                Assert.Single(operation.GetProperty("security").EnumerateArray()).TryGetProperty("AdminKey", out _)
            );
            Assert.True(
                responses
                    .GetProperty("200")
                    .GetProperty("content")
                    .GetProperty("application/json")
                    .GetProperty("schema")
                    .TryGetProperty("$ref", out _)
            );
            string[] refusals =
                path.EndsWith("stream-length", StringComparison.Ordinal)
                || path.EndsWith("trim", StringComparison.Ordinal)
                    ? ["401", "429", "503"]
                    : ["400", "401", "404", "429", "503"];
            Assert.Equal(["200", .. refusals], responses.EnumerateObject().Select(response => response.Name));
        }
    }

    private Task<Administered> StartAsync(
        Action<WebApplicationBuilder>? configure = null,
        params (string, string?)[] settings
    ) => Administered.StartAsync(redis, configure: configure, settings: settings);

    /// <summary>What the service has mapped, so that the test cannot miss an endpoint.</summary>
    private static string[] EndpointsOf(Administered service) =>
        [
            .. from endpoint in service
                .Service.Services.GetRequiredService<EndpointDataSource>()
                .Endpoints.OfType<RouteEndpoint>()
            where endpoint.RoutePattern.RawText!.Contains("api/admin", StringComparison.OrdinalIgnoreCase)
            from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
            select $"{method} {endpoint.RoutePattern.RawText}",
        ];

    /// <summary>All that the endpoints could change: groups, what they hold, and both streams.</summary>
    private static async Task<string> StateAsync(Administered service)
    {
        var snapshot = await service.Service.Services.GetRequiredService<IStreamMonitor>().GetSnapshotAsync(Stop);
        var pending = await service
            .Service.Services.GetRequiredService<IStreamAdministration>()
            .GetPendingAsync("g", new PendingFilter { MinIdle = TimeSpan.FromHours(1) }, cancellationToken: Stop);
        var groups = snapshot.Groups.Select(group =>
            $"{group.Name} {group.LastDelivered} {group.Settled} {group.Pending} {group.Paused}"
        );
        return string.Join(
            "\n",
            [.. groups, $"{snapshot.Length} {snapshot.LastPosition} {snapshot.DeadLetters} {pending.Count}"]
        );
    }

    private static async Task<(HttpStatusCode Status, string Challenge, JsonElement Body)> SendAsync(
        Administered service,
        string endpoint,
        string? key,
        string? body = null
    )
    {
        var path = endpoint.Split(' ')[1].Replace("{minIdleMs}", "0", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(
            new HttpMethod(endpoint.Split(' ')[0]),
            new Uri(service.Service.Client.BaseAddress!, path)
        );
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Admin-Key", key);
        }

        if ((body ?? Bodies.GetValueOrDefault(endpoint)) is { } json)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        // A client that adds no key of its own.
        using var client = new HttpClient();
        using var response = await client.SendAsync(request, Stop);
        return (
            response.StatusCode,
            response.Headers.WwwAuthenticate.ToString(),
            JsonDocument.Parse(await response.Content.ReadAsStringAsync(Stop)).RootElement
        );
    }
}
