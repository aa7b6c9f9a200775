using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using RedisFlow.AspNetCore.Admin;

namespace RedisFlow.AspNetCore.Tests;

public sealed class AdminKeyTests
{
    private const string Key = "Correct-Horse-Battery-Staple";

    private int _served;

    [Fact]
    public async Task The_key_opens()
    {
        await using var service = await StartAsync(Key);

        var (response, _) = await SendAsync(service, Key);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(1, _served);
    }

    [Theory]
    [InlineData("correct-horse-battery-staple")]
    [InlineData("Correct-Horse-Battery-Stapl")]
    [InlineData("Correct-Horse-Battery-Staple2")]
    [InlineData("Correct-Horse-Battery-Staple, Correct-Horse-Battery-Staple")]
    [InlineData("\"Correct-Horse-Battery-Staple\"")]
    [InlineData("")]
    public async Task Another_key_does_not(string sent)
    {
        await using var service = await StartAsync(Key);

        var (response, problem) = await SendAsync(service, sent);

        AssertRefused(response, problem, "X-Admin-Key is not the service's");
    }

    [Fact]
    public async Task No_key_is_told_which_header_to_send()
    {
        await using var service = await StartAsync(Key);

        var (response, problem) = await SendAsync(service);

        AssertRefused(response, problem, "Send the header X-Admin-Key");
    }

    [Fact]
    public async Task Two_keys_are_one_too_many()
    {
        await using var service = await StartAsync(Key);

        var (status, problem) = await RawHttp.GetAsync(
            service.Client.BaseAddress!,
            "/admin",
            $"X-Admin-Key: {Key}",
            $"X-Admin-Key: {Key}"
        );

        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Contains("once", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, _served);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task Where_none_is_configured_none_opens_and_the_answer_says_how_to_configure_one(string? configured)
    {
        await using var service = await StartAsync(configured);

        foreach (var sent in new[] { null, "", Key })
        {
            var (response, problem) = await SendAsync(service, sent);
            AssertRefused(response, problem, "Set Admin:Key");
        }
    }

    [Fact]
    public async Task Nothing_of_a_request_without_the_key_is_read()
    {
        await using var service = await StartAsync(Key);

        // Neither the body nor the parameter can be read; with the key, that is what is said.
        foreach (
            var (sent, expected) in new[]
            {
                (null, HttpStatusCode.Unauthorized),
                ((string?)Key, HttpStatusCode.BadRequest),
            }
        )
        {
            var (body, _) = await SendAsync(service, sent, HttpMethod.Post, "/admin", "{");
            var (parameter, _) = await SendAsync(service, sent, path: "/admin/abc");
            Assert.Equal(expected, body.StatusCode);
            Assert.Equal(expected, parameter.StatusCode);
        }

        Assert.Equal(0, _served);
    }

    [Fact]
    public async Task Other_endpoints_need_no_key()
    {
        await using var service = await StartAsync(Key);

        var (response, _) = await SendAsync(service, path: "/open");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task What_was_sent_and_what_is_configured_are_neither_logged_nor_traced_nor_repeated()
    {
        const string Wrong = "Wrong-Horse-Battery-Staple";
        using var log = new FakeLoggerProvider();
        await using var service = await StartAsync(
            Key,
            builder => builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log)
        );

        var (refused, problem) = await SendAsync(service, Wrong);
        var (served, _) = await SendAsync(service, Key);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (refused.StatusCode, served.StatusCode));
        var spans = string.Join(
            "\n",
            service.Spans.SelectMany(span => span.TagObjects).Select(tag => $"{tag.Key}={tag.Value}")
        );
        string[] seen = [log.Collector.AllText(), spans, problem.GetRawText(), refused.Headers.ToString()];
        Assert.Contains("/admin refused", seen[0], StringComparison.Ordinal);
        Assert.Contains("/admin", seen[1], StringComparison.Ordinal);
        Assert.All(seen, text => Assert.DoesNotContain("Horse", text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("fifteen-chars-x", "has 15 characters")]
    [InlineData("with white space in it", "has white space, control or non-ASCII characters")]
    [InlineData("schlüssel-mit-umlaut", "has white space, control or non-ASCII characters")]
    public async Task A_key_that_cannot_serve_stops_the_start_and_is_not_shown(string key, string wrong)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(key));

        Assert.Contains($"Admin:Key {wrong}. It must have 16 to 256", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(key, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(16, true)]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public async Task Keys_have_16_to_256_characters(int length, bool isAccepted)
    {
        async Task StartAndStopAsync()
        {
            await using var service = await StartAsync(new string('k', length));
        }

        var failure = await Record.ExceptionAsync(StartAndStopAsync);

        Assert.Equal(isAccepted, failure is null);
    }

    [Fact]
    public async Task The_document_has_the_key_as_a_security_scheme_of_these_operations_and_describes_the_refusals()
    {
        await using var service = await StartAsync(Key);

        var (_, document) = await service.SendAsync(HttpMethod.Get, "/openapi/v1.json");

        var scheme = document.GetProperty("components").GetProperty("securitySchemes").GetProperty("AdminKey");
        Assert.Equal(
            ("apiKey", "header", "X-Admin-Key"),
            (
                scheme.GetProperty("type").GetString(),
                scheme.GetProperty("in").GetString(),
                scheme.GetProperty("name").GetString()
            )
        );
        var get = document.GetProperty("paths").GetProperty("/admin").GetProperty("get");
        Assert.True(Assert.Single(get.GetProperty("security").EnumerateArray()).TryGetProperty("AdminKey", out _));
        Assert.True(get.GetProperty("responses").TryGetProperty("401", out _));
        Assert.True(get.GetProperty("responses").TryGetProperty("429", out _));
        Assert.False(
            document.GetProperty("paths").GetProperty("/open").GetProperty("get").TryGetProperty("security", out _)
        );
    }

    private Task<TestService> StartAsync(string? key, Action<WebApplicationBuilder>? configure = null) =>
        TestService.StartAsync(
            app =>
            {
                app.MapDefaultOpenApi();
                var admin = app.MapGroup("/admin").RequireAdminKey();
                admin.MapGet("", Serve);
                admin.MapGet("/{id}", (int id) => Serve() + id);
                admin.MapPost("", (Body body) => Serve() + body.Value);
                app.MapGet("/open", () => 1);
            },
            builder =>
            {
                builder.AddDefaultOpenApi();
                configure?.Invoke(builder);
            },
            ("Admin:Key", key)
        );

    private int Serve() => Interlocked.Increment(ref _served);

    private void AssertRefused(HttpResponseMessage response, JsonElement problem, string said)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("https://tools.ietf.org/html/rfc9110#section-15.5.2", problem.GetProperty("type").GetString());
        Assert.Contains(said, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        var challenge = Assert.Single(response.Headers.WwwAuthenticate);
        Assert.Equal(("AdminKey", "header=\"X-Admin-Key\""), (challenge.Scheme, challenge.Parameter));
        Assert.Equal(0, _served);
    }

    private static async Task<(HttpResponseMessage Response, JsonElement Body)> SendAsync(
        TestService service,
        string? key = null,
        HttpMethod? method = null,
        string path = "/admin",
        string? json = null
    )
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation(AdminKeyEndpoints.Header, key);
        }

        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        }

        var response = await service.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return (
            response,
            JsonDocument
                .Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
                .RootElement
        );
    }

    private sealed record Body(int Value);
}
