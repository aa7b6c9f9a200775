using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace StandIns.Packages.Tests;

/// <summary>The innermost handler of a client: records what would be sent, and answers as told.</summary>
internal sealed class FakeServer(Func<int, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
{
    private int _attempts;

    public FakeServer(params HttpStatusCode[] statuses)
        : this((attempt, _) => Task.FromResult(new HttpResponseMessage(statuses[Math.Min(attempt, statuses.Length) - 1])))
    {
    }

    public ConcurrentQueue<Uri> Addresses { get; } = new();

    public int Attempts => _attempts;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Addresses.Enqueue(request.RequestUri!);
        return answer(Interlocked.Increment(ref _attempts), cancellationToken);
    }

    /// <summary>A client that ends at this server.</summary>
    public HttpClient Client(Action<IHttpClientBuilder> configure, params (string Key, string? Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value)))
            .Build());
        configure(services.AddHttpClient("test").ConfigurePrimaryHttpMessageHandler(() => this));
        return services.BuildServiceProvider().GetRequiredService<IHttpClientFactory>().CreateClient("test");
    }
}
