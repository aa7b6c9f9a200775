using System.Globalization;
using RedisFlow.Testing;

namespace RedisFlow.Packaging;

/// <summary>A web application that has RedisFlow as packages: its cache, its events, and positions.</summary>
[Collection(nameof(PackedLibraries))]
public sealed class MinimalWebTests(PackedLibraries libraries)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_answers_from_the_cache_until_an_event_says_that_the_order_has_changed()
    {
        var program = await libraries.BuildSampleAsync("Web", Cancellation);
        await using var redis = await RedisServer.StartAsync(Cancellation);
        var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Find()}");
        await using var sample = ChildProcess.Start(
            program,
            ["--urls", address],
            new Dictionary<string, string> { ["ConnectionStrings__redis"] = redis.ConnectionString }
        );
        using var http = new HttpClient { BaseAddress = new Uri(address) };

        // It listens only after its groups are declared and its tail has started.
        await Eventually.Until(
            async () => (await http.PutAsync("/orders/7?total=42", null, Cancellation)).IsSuccessStatusCode,
            cancellationToken: Cancellation
        );
        await Eventually.Until(() => GetAsync(http), answer => answer == ("L1", "42"), cancellationToken: Cancellation);

        // A change without an event: no cache learns of it.
        await redis.AskAsync(["SET", "total:7", "43"], Cancellation);
        Assert.Equal(("L1", "42"), await GetAsync(http));

        using var change = await http.PutAsync("/orders/7?total=44", null, Cancellation);
        change.EnsureSuccessStatusCode();
        await Eventually.Until(() => GetAsync(http), answer => answer.Value == "44", cancellationToken: Cancellation);
        await Eventually.Until(
            () => sample.Output.Contains("Invoice for order 7: 44 EUR", StringComparison.Ordinal),
            cancellationToken: Cancellation
        );

        // A read that demands the position of a change need not be repeated.
        using var last = await http.PutAsync("/orders/7?total=45", null, Cancellation);
        var position = Assert.Single(last.EnsureSuccessStatusCode().Headers.GetValues("RedisFlow-Position"));
        Assert.Equal("45", (await GetAsync(http, position)).Value);
    }

    private static async Task<(string Level, string Value)> GetAsync(HttpClient http, string? minPosition = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/orders/7");
        if (minPosition is not null)
        {
            request.Headers.Add("RedisFlow-Min-Position", minPosition);
        }

        using var response = await http.SendAsync(request, Cancellation);
        response.EnsureSuccessStatusCode();
        return (response.Headers.GetValues("X-Cache").Single(), await response.Content.ReadAsStringAsync(Cancellation));
    }
}
