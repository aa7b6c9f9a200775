using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using RedisFlow.AspNetCore.Problems;

namespace RedisFlow.AspNetCore.Tests;

public sealed class BadRequestTests
{
    public sealed record Address(string? City);

    public sealed record Company(
        string? Name,
        int? Size,
        Address? Address,
        IReadOnlyList<string>? Tags,
        bool? Active,
        Level? Level
    );

    public enum Level
    {
        Low,
        High,
    }

    public sealed record Strict
    {
        public required string Name { get; init; }
    }

    private static Task<TestService> StartAsync() => TestService.StartAsync(Map);

    private static void Map(WebApplication app)
    {
        app.MapPost("/companies", (Company company) => TypedResults.Ok(company));
        app.MapPost("/large", (Company company) => TypedResults.Ok(company))
            .WithMetadata(new RequestSizeLimitAttribute(128 * 1024));
        app.MapPost("/strict", (Strict body) => TypedResults.Ok(body));
        app.MapGet("/companies/{id}", (long id, int? page) => TypedResults.Ok(id + (page ?? 0)));
        app.MapGet("/search", (string text) => TypedResults.Ok(text));
        app.MapGet(
            "/own",
            () => TypedResults.Problem(statusCode: 404, title: "Company not found", detail: "There is no company 7.")
        );
        app.MapGet(
            "/own-validation",
            () =>
                TypedResults.Problem(
                    new HttpValidationProblemDetails(new Dictionary<string, string[]> { ["X-Region"] = ["Unknown."] })
                    {
                        Title = "Unknown region",
                        Status = 409,
                    }
                )
        );
        app.MapGet(
            "/platform-validation",
            () =>
                TypedResults.Problem(
                    new HttpValidationProblemDetails(
                        new Dictionary<string, string[]>
                        {
                            ["Name"] = ["a"],
                            ["name"] = ["b"],
                            ["Lines[0].Name"] = ["c"],
                        }
                    )
                    {
                        Status = 400,
                    }
                )
        );
        app.MapGet(
            "/validated",
            () =>
            {
                var errors = new RequestErrors();
                errors.Text("name", new string('x', 201), 200);
                errors.InRange("page", 0, 1, 10, otherwise: 1);
                errors.Required<string>("city", " ");
                return errors.ToProblem();
            }
        );
    }

    [Fact]
    public async Task A_service_keeps_the_words_of_its_own_validation_problem()
    {
        await using var service = await StartAsync();

        var problem = await service.ProblemAsync(HttpMethod.Get, "/own-validation", 409);

        Assert.Equal("Unknown region", problem.GetProperty("title").GetString());
        Assert.Equal(["Unknown."], Errors(problem, "X-Region"));
    }

    [Fact]
    public async Task The_platforms_validation_names_fields_as_JSON_does_and_none_gets_lost()
    {
        await using var service = await StartAsync();

        var problem = await service.ProblemAsync(HttpMethod.Get, "/platform-validation", 400);

        Assert.Equal("Invalid request", problem.GetProperty("title").GetString());
        Assert.Equal(["a", "b"], Errors(problem, "name"));
        Assert.Equal(["c"], Errors(problem, "lines[0].name"));
    }

    private static string[] Errors(System.Text.Json.JsonElement problem, string field) =>
        [.. problem.GetProperty("errors").GetProperty(field).EnumerateArray().Select(e => e.GetString()!)];

    [Theory]
    [InlineData("""{"name": 5}""", "name", "Expected a string.")]
    [InlineData("""{"size": "5"}""", "size", "Expected a whole number from -2147483648 to 2147483647.")]
    [InlineData("""{"size": 99999999999}""", "size", "Expected a whole number from -2147483648 to 2147483647.")]
    [InlineData("""{"address": {"city": []}}""", "address.city", "Expected a string.")]
    [InlineData("""{"tags": "x"}""", "tags", "Expected an array.")]
    [InlineData("""{"tags": ["x", 5]}""", "tags[1]", "Expected a string.")]
    [InlineData("""{"level": "Middle"}""", "level", "Expected one of Low, High.")]
    [InlineData("""{"active": "yes"}""", "active", "Expected true or false.")]
    [InlineData("""{"name": "a", "name": "b"}""", "name", "The field is there twice.")]
    public async Task A_wrong_type_names_the_field_and_what_it_should_be(string json, string field, string message)
    {
        await using var service = await StartAsync();

        var problem = await service.ProblemAsync(HttpMethod.Post, "/companies", 400, json);

        Assert.Equal([message], Errors(problem, field));
        Assert.Contains(field, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"name\": ", "line 1")]
    [InlineData("{\n\"name\": nope}", "line 2")]
    [InlineData("", "JSON body")]
    public async Task Malformed_JSON_says_where(string json, string expected)
    {
        await using var service = await StartAsync();

        var problem = await service.ProblemAsync(HttpMethod.Post, "/companies", 400, json);

        Assert.Contains(expected, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("5")]
    public async Task A_body_of_the_wrong_shape_is_told_without_type_names(string json)
    {
        await using var service = await StartAsync();

        var problem = await service.ProblemAsync(HttpMethod.Post, "/companies", 400, json);

        Assert.DoesNotContain("RedisFlow", problem.GetRawText(), StringComparison.Ordinal);
        Assert.Contains("object", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_body_is_told()
    {
        await using var service = await StartAsync();

        await service.ProblemAsync(HttpMethod.Post, "/companies", 400, "null");
    }

    [Fact]
    public async Task A_missing_required_field_is_named()
    {
        await using var service = await StartAsync();

        var problem = await service.ProblemAsync(HttpMethod.Post, "/strict", 400, "{}");

        Assert.Equal(["A value is required."], Errors(problem, "name"));
    }

    [Theory]
    [InlineData("/companies/abc", "id")]
    [InlineData("/companies/99999999999999999999", "id")]
    [InlineData("/companies/1?page=x", "page")]
    [InlineData("/search", "text")]
    public async Task A_wrong_parameter_is_named(string path, string parameter)
    {
        await using var service = await StartAsync();

        var problem = await service.ProblemAsync(HttpMethod.Get, path, 400);

        Assert.Single(Errors(problem, parameter));
    }

    [Fact]
    public async Task Every_validation_error_is_told_at_once()
    {
        await using var service = await StartAsync();

        var problem = await service.ProblemAsync(HttpMethod.Get, "/validated", 400);

        Assert.Equal(["Give at most 200 characters; these are 201."], Errors(problem, "name"));
        Assert.Equal(["Give a whole number from 1 to 10."], Errors(problem, "page"));
        Assert.Equal(["A value is required."], Errors(problem, "city"));
    }

    [Fact]
    public async Task A_problem_of_an_endpoint_keeps_its_words_and_is_completed()
    {
        await using var service = await StartAsync();

        var problem = await service.ProblemAsync(HttpMethod.Get, "/own", 404);

        Assert.Equal("Company not found", problem.GetProperty("title").GetString());
        Assert.Equal("There is no company 7.", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Unknown_addresses_and_methods_are_problems()
    {
        await using var service = await StartAsync();

        await service.ProblemAsync(HttpMethod.Get, "/nowhere", 404);
        await service.ProblemAsync(HttpMethod.Delete, "/search", 405);
    }

    [Fact]
    public async Task Another_media_type_is_a_problem()
    {
        await using var service = await StartAsync();
        using var content = new StringContent("name=x", System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");

        using var response = await service.Client.PostAsync(
            "/companies",
            content,
            TestContext.Current.CancellationToken
        );

        Assert.Equal(415, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_the_limit_of_its_endpoint_is_too_large_whether_or_not_its_length_is_told(bool chunked)
    {
        await AssertTooLargeAsync("/companies", 64, chunked);
        await AssertTooLargeAsync("/large", 128, chunked);
    }

    private static async Task AssertTooLargeAsync(string path, int limit, bool chunked)
    {
        await using var service = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = new StringContent(
            $$"""{"name": "{{new string('x', limit * 1024)}}"}""",
            System.Text.Encoding.UTF8,
            "application/json"
        );
        request.Headers.TransferEncodingChunked = chunked;

        using var response = await service.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(413, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains($"{limit} KB", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/companies", 64)]
    [InlineData("/large", 128)]
    public async Task A_body_of_exactly_the_limit_is_read(string path, int limit)
    {
        await using var service = await StartAsync();
        var json = $$"""{"name": "{{new string('x', (limit * 1024) - 12)}}"}""";
        Assert.Equal(limit * 1024, json.Length);

        var (response, _) = await service.SendAsync(HttpMethod.Post, path, json);

        Assert.Equal(200, (int)response.StatusCode);
    }
}
