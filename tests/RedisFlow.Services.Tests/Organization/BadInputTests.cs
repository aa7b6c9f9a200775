using System.Net;

namespace RedisFlow.Services.Tests.Organization;

public sealed class BadInputTests(RunningSystem system)
{
    /// <summary>Method, path, body, the status, what the problem has to name.</summary>
    public static TheoryData<string, string, string?, HttpStatusCode, string> Requests =>
        new()
        {
            { "POST", "api/companies", """{"name":""}""", HttpStatusCode.BadRequest, "name" },
            { "POST", "api/companies", """{"name":"   "}""", HttpStatusCode.BadRequest, "name" },
            { "POST", "api/companies", """{"name":null}""", HttpStatusCode.BadRequest, "name" },
            { "POST", "api/companies", "{}", HttpStatusCode.BadRequest, "name" },
            { "POST", "api/companies", $$"""{"name":"{{new string('x', 201)}}"}""", HttpStatusCode.BadRequest, "200" },
            { "POST", "api/companies", """{"name":"a\u0007b"}""", HttpStatusCode.BadRequest, "control" },
            { "POST", "api/companies", """{"name":"a\nb"}""", HttpStatusCode.BadRequest, "control" },
            { "POST", "api/companies", """{"name":"\ud83d"}""", HttpStatusCode.BadRequest, "name" },
            { "POST", "api/companies", """{"name":5}""", HttpStatusCode.BadRequest, "name" },
            { "POST", "api/companies", """{"name":["a"]}""", HttpStatusCode.BadRequest, "name" },
            { "POST", "api/companies", """{"name":"a","name":"b"}""", HttpStatusCode.BadRequest, "name" },
            { "POST", "api/companies", """{"name":"a""", HttpStatusCode.BadRequest, "JSON" },
            { "POST", "api/companies", "", HttpStatusCode.BadRequest, "body" },
            { "POST", "api/companies", "null", HttpStatusCode.BadRequest, "body" },
            { "POST", "api/companies", "[]", HttpStatusCode.BadRequest, "body" },
            {
                "POST",
                "api/companies",
                $$"""{"name":"{{new string('x', 70_000)}}"}""",
                HttpStatusCode.RequestEntityTooLarge,
                "64"
            },
            { "PUT", "api/companies/0", """{"name":"a"}""", HttpStatusCode.BadRequest, "id" },
            {
                "PUT",
                "api/companies/9007199254740991",
                """{"name":"a"}""",
                HttpStatusCode.NotFound,
                "9007199254740991"
            },
            { "PUT", "api/companies/9007199254740992", """{"name":"a"}""", HttpStatusCode.BadRequest, "id" },
            { "GET", "api/companies/-1", null, HttpStatusCode.BadRequest, "id" },
            { "GET", "api/companies/abc", null, HttpStatusCode.BadRequest, "id" },
            { "GET", "api/companies/99999999999999999999", null, HttpStatusCode.BadRequest, "id" },
            { "GET", "api/companies/1.5", null, HttpStatusCode.BadRequest, "id" },
            { "DELETE", "api/companies/abc", null, HttpStatusCode.BadRequest, "id" },
            { "DELETE", "api/companies/9007199254740991", null, HttpStatusCode.NotFound, "9007199254740991" },
            { "GET", "api/companies?page=0", null, HttpStatusCode.BadRequest, "page" },
            { "GET", "api/companies?page=-1", null, HttpStatusCode.BadRequest, "page" },
            { "GET", "api/companies?page=99999999999", null, HttpStatusCode.BadRequest, "page" },
            { "GET", "api/companies?page=x", null, HttpStatusCode.BadRequest, "page" },
            { "GET", "api/companies?pageSize=0", null, HttpStatusCode.BadRequest, "pageSize" },
            { "GET", "api/companies?pageSize=201", null, HttpStatusCode.BadRequest, "pageSize" },
            { "GET", $"api/companies?search={new string('x', 201)}", null, HttpStatusCode.BadRequest, "search" },
            { "GET", "api/companies?search=a%00b", null, HttpStatusCode.BadRequest, "search" },
            { "GET", "api/companies?ids=", null, HttpStatusCode.BadRequest, "ids" },
            { "GET", "api/companies?ids=1,x", null, HttpStatusCode.BadRequest, "ids" },
            { "GET", "api/companies?ids=0", null, HttpStatusCode.BadRequest, "ids" },
            { "GET", "api/companies?ids=1&page=1", null, HttpStatusCode.BadRequest, "ids" },
            {
                "GET",
                $"api/companies?ids={string.Join(',', Enumerable.Range(1, 201))}",
                null,
                HttpStatusCode.BadRequest,
                "200"
            },
            { "GET", "api/companies/0/dealerships", null, HttpStatusCode.BadRequest, "companyId" },
            { "GET", "api/companies/9007199254740991/dealerships", null, HttpStatusCode.NotFound, "9007199254740991" },
            {
                "POST",
                "api/companies/9007199254740991/dealerships",
                """{"name":"a"}""",
                HttpStatusCode.NotFound,
                "9007199254740991"
            },
            { "POST", "api/companies/x/dealerships", """{"name":""}""", HttpStatusCode.BadRequest, "companyId" },
            { "POST", "api/companies/1/dealerships", """{"name":""}""", HttpStatusCode.BadRequest, "name" },
            { "POST", "api/dealerships/1/transfer", "{}", HttpStatusCode.BadRequest, "toCompanyId" },
            { "POST", "api/dealerships/1/transfer", """{"toCompanyId":0}""", HttpStatusCode.BadRequest, "toCompanyId" },
            {
                "POST",
                "api/dealerships/1/transfer",
                """{"toCompanyId":"2"}""",
                HttpStatusCode.BadRequest,
                "toCompanyId"
            },
            {
                "POST",
                "api/dealerships/1/transfer",
                """{"toCompanyId":99999999999999999999}""",
                HttpStatusCode.BadRequest,
                "toCompanyId"
            },
            { "GET", "api/users/0", null, HttpStatusCode.BadRequest, "id" },
            { "GET", "api/users/9007199254740991", null, HttpStatusCode.NotFound, "9007199254740991" },
            { "PUT", "api/users/1/roles", "{}", HttpStatusCode.BadRequest, "roles" },
            { "PUT", "api/users/1/roles", """{"roles":["king"]}""", HttpStatusCode.BadRequest, "roles" },
            { "PUT", "api/users/1/roles", """{"roles":[null]}""", HttpStatusCode.BadRequest, "roles" },
            { "PUT", "api/users/1/roles", """{"roles":"admin"}""", HttpStatusCode.BadRequest, "roles" },
            {
                "PUT",
                "api/users/9007199254740991/roles",
                """{"roles":[]}""",
                HttpStatusCode.NotFound,
                "9007199254740991"
            },
            { "GET", "api/nothing", null, HttpStatusCode.NotFound, "" },
            { "PATCH", "api/companies", "{}", HttpStatusCode.MethodNotAllowed, "" },
        };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Is_answered_with_a_problem_that_names_it(
        string method,
        string path,
        string? body,
        HttpStatusCode status,
        string named
    )
    {
        var answer = body is null
            ? await system.Organization.SendAsync(new HttpMethod(method), path)
            : await system.Organization.SendTextAsync(new HttpMethod(method), path, body);

        Problem.AssertIn(answer, status, named);
    }

    [Fact]
    public async Task A_malformed_if_match_is_named()
    {
        var id = await system.CreateCompanyAsync();
        var answer = await system.Organization.SendJsonAsync(
            HttpMethod.Put,
            $"api/companies/{id}",
            new { name = "a" },
            ("If-Match", "3")
        );
        Problem.AssertIn(answer, HttpStatusCode.BadRequest, "If-Match");
    }

    [Fact]
    public async Task Another_media_type_is_refused() =>
        Problem.AssertIn(
            await system.Organization.SendTextAsync(HttpMethod.Post, "api/companies", "name=a", "text/plain"),
            HttpStatusCode.UnsupportedMediaType,
            "application/json"
        );

    [Fact]
    public async Task A_company_has_at_most_a_thousand_dealerships()
    {
        var company = await system.CreateCompanyAsync();
        var dealership = await system.CreateDealershipAsync(await system.CreateCompanyAsync());
        await system
            .Connection.GetDatabase()
            .ExecuteAsync("HSET", $"{{cache:invalidation}}:organization:company:{company}", "dealerships", "1000");

        var create = await system.Organization.SendJsonAsync(
            HttpMethod.Post,
            $"api/companies/{company}/dealerships",
            new { name = "one more" }
        );
        Problem.AssertIn(create, HttpStatusCode.Conflict, "1000");
        var transfer = await system.Organization.SendJsonAsync(
            HttpMethod.Post,
            $"api/dealerships/{dealership}/transfer",
            new { toCompanyId = company }
        );
        Problem.AssertIn(transfer, HttpStatusCode.Conflict, "1000");
        await system.DeleteCompanyAsync(company);
    }
}
