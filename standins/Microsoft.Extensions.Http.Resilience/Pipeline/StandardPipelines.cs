using System.Collections.Concurrent;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using Polly;

namespace Microsoft.Extensions.Http.Resilience.Pipeline;

/// <summary>One pipeline per client name, kept while handlers rotate: its circuit breaker and its limiter must see all requests.</summary>
internal sealed class StandardPipelines(IServiceProvider services, IOptionsMonitor<HttpStandardResilienceOptions> options) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<(ResiliencePipeline<HttpResponseMessage> Pipeline, RateLimiter Limiter)>> _pipelines = new();

    public ResiliencePipeline<HttpResponseMessage> Get(string name) =>
        _pipelines.GetOrAdd(name, key => new(() => Build(key))).Value.Pipeline;

    public void Dispose()
    {
        foreach (var pipeline in _pipelines.Values.Where(p => p.IsValueCreated))
        {
            pipeline.Value.Limiter.Dispose();
        }
    }

    private (ResiliencePipeline<HttpResponseMessage> Pipeline, RateLimiter Limiter) Build(string name)
    {
        var settings = options.Get(name);
        var limiter = new ConcurrencyLimiter(settings.RateLimiter.DefaultRateLimiterOptions);
        var builder = new ResiliencePipelineBuilder<HttpResponseMessage> { Name = name };
        if (services.GetService(typeof(TimeProvider)) is TimeProvider timeProvider)
        {
            builder.TimeProvider = timeProvider;
        }

        var pipeline = builder
            .AddStrategy(_ => new RateLimiterStrategy(limiter), settings.RateLimiter)
            .AddTimeout(settings.TotalRequestTimeout)
            .AddRetry(settings.Retry)
            .AddCircuitBreaker(settings.CircuitBreaker)
            .AddTimeout(settings.AttemptTimeout)
            .Build();
        return (pipeline, limiter);
    }
}
