using System.Net;
using Microsoft.Extensions.DependencyInjection;

namespace StandIns.Packages.Tests;

public sealed class ServiceDiscoveryTests
{
    [Theory]
    [InlineData("http://organization/api?x=1", "http://localhost:5001/api?x=1")]
    [InlineData("https+http://organization/api", "https://localhost:7001/api")]
    [InlineData("http+https://organization/api", "http://localhost:5001/api")]
    [InlineData("https://organization/", "https://localhost:7001/")]
    [InlineData("http://_admin.organization/api", "http://localhost:9001/api")]
    [InlineData("https+http://plain/api", "http://localhost:5002/api")]
    [InlineData("http://based/api", "http://localhost:5003/base/api")]
    [InlineData("https+http://bare/api", "https://10.0.0.1:8080/api")]
    [InlineData("http://ORGANIZATION/api", "http://localhost:5001/api")]
    [InlineData("https+http://preferred/api", "http://localhost:5005/api")]
    public async Task Configured_services_are_resolved(string address, string expected) =>
        Assert.Equal(
            expected,
            await ResolveAsync(
                address,
                ("services:organization:http:0", "http://localhost:5001"),
                ("services:organization:https:0", "https://localhost:7001"),
                ("services:organization:admin:0", "http://localhost:9001"),
                ("services:plain:http:0", "http://localhost:5002"),
                ("services:based:http", "http://localhost:5003/base/"),
                ("services:bare:default:0", "10.0.0.1:8080"),
                ("services:preferred:default:0", "http://localhost:5005"),
                ("services:preferred:http:0", "http://localhost:1")));

    [Theory]
    [InlineData("http://example.org/api", "http://example.org/api")]
    [InlineData("http://127.0.0.1:81/api", "http://127.0.0.1:81/api")]
    [InlineData("https+http://example.org:8443/api", "https://example.org:8443/api")]
    [InlineData("http://_admin.example.org/api", "http://example.org/api")]
    public async Task Other_names_pass_through(string address, string expected) =>
        Assert.Equal(expected, await ResolveAsync(address));

    [Fact]
    public async Task Several_endpoints_take_turns()
    {
        using var server = new FakeServer(HttpStatusCode.OK);
        using var client = server.Client(
            http => http.AddServiceDiscovery(),
            ("services:a:http:0", "http://localhost:1"),
            ("services:a:http:1", "http://localhost:2"));

        for (var i = 0; i < 4; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "http://a/");
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal("http://a/", request.RequestUri!.ToString());
        }

        Assert.Equal([2, 1, 2, 1], server.Addresses.Select(address => address.Port));
    }

    [Theory]
    [InlineData("services:a:http:0", "")]
    [InlineData("services:a:http:first", "http://localhost:1")]
    public async Task An_unreadable_endpoint_is_an_error(string key, string value) =>
        await Assert.ThrowsAsync<KeyNotFoundException>(() => ResolveAsync("http://a/", (key, value)));

    private static async Task<string> ResolveAsync(string address, params (string Key, string? Value)[] settings)
    {
        using var server = new FakeServer(HttpStatusCode.OK);
        using var client = server.Client(http => http.AddServiceDiscovery(), settings);
        using var response = await client.GetAsync(address, TestContext.Current.CancellationToken);
        return Assert.Single(server.Addresses).ToString();
    }
}
