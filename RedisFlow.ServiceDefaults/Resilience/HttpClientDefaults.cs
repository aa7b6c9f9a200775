using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using RedisFlow.AspNetCore.Requests;
using RedisFlow.Streams;

namespace RedisFlow.ServiceDefaults.Resilience;

/// <summary>HTTP clients that find services by name and give up in time.</summary>
internal static class HttpClientDefaults
{
    public static void AddHttpClientDefaults(this IHostApplicationBuilder builder)
    {
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            // Bounds reading the answer's body too, which the resilience handler does not see.
            http.ConfigureHttpClient(client => client.Timeout = RequestLimits.Request);
            http.AddStandardResilienceHandler(Configure);

            // Inside the resilience handler: each attempt resolves again.
            http.AddServiceDiscovery();
        });

        // A message handler that met one of these clients' rejections has nothing wrong with its message.
        builder.Services.ConfigureAll<StreamOptions>(options =>
            options.IsInfrastructureFault = static exception => exception is ExecutionRejectedException
        );
    }

    private static void Configure(HttpStandardResilienceOptions options)
    {
        options.TotalRequestTimeout.Timeout = RequestLimits.UpstreamTotal;
        options.AttemptTimeout.Timeout = RequestLimits.UpstreamAttempt;
        options.Retry.MaxRetryAttempts = 2;
        options.Retry.Delay = TimeSpan.FromMilliseconds(100);
        // Experimental in name only since 2024; the alternative is the same predicate by hand.
#pragma warning disable EXTEXP0001
        options.Retry.DisableForUnsafeHttpMethods();
#pragma warning restore EXTEXP0001

        // Reacts within seconds and tries again soon: the services recover by themselves, without a wave of failures
        // after the fault.
        options.CircuitBreaker.SamplingDuration = TimeSpan.FromSeconds(10);
        options.CircuitBreaker.MinimumThroughput = 20;
        options.CircuitBreaker.BreakDuration = TimeSpan.FromSeconds(2);
    }
}
