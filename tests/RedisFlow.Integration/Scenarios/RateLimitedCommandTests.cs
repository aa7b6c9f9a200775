using System.Globalization;
using System.Net;
using RedisFlow.AppHost;
using RedisFlow.Testing;
using Xunit;

namespace RedisFlow.Integration;

/// <summary>Commands that ask a service for more than it takes from one client in a second.</summary>
public sealed class RateLimitedCommandTests
{
    [Fact]
    public async Task Should_WaitAndTryAgain_When_TheServiceSaysThatItIsTooMuch()
    {
        using var service = new HttpListener();
        var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Find()}/");
        service.Prefixes.Add(address);
        service.Start();
        var bodies = new List<string>();
        var serving = ServeAsync();
        using var client = new OrganizationClient(new Uri(address));

        using var response = await client.RenameCompanyAsync(
            7,
            "Patient Motors",
            TestContext.Current.CancellationToken
        );

        await serving;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["{\"name\":\"Patient Motors\"}", "{\"name\":\"Patient Motors\"}"], bodies);

        async Task ServeAsync()
        {
            foreach (var status in new[] { HttpStatusCode.TooManyRequests, HttpStatusCode.OK })
            {
                var context = await service.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream);
                bodies.Add(await reader.ReadToEndAsync());
                context.Response.StatusCode = (int)status;
                context.Response.Headers["Retry-After"] = "1";
                context.Response.Close();
            }
        }
    }
}
