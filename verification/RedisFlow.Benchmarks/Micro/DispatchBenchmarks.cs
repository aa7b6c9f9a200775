using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Benchmarks.Engine;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;

namespace RedisFlow.Benchmarks.Micro;

/// <summary>What it costs at least to hand a decoded message to a handler from a scope of its own.</summary>
public class DispatchBenchmarks
{
    private readonly ServiceProvider _services = new ServiceCollection()
        .AddSingleton(new HandledCounter(long.MaxValue))
        .AddScoped<CountingHandler>()
        .BuildServiceProvider();

    private readonly StreamMessage _message = Messages.Envelope(1);
    private readonly CompanyUpdated _payload = Messages.Envelope(1).Payload.Unpack<CompanyUpdated>();

    /// <summary>A scope, opened and closed.</summary>
    [Benchmark]
    public async Task Scope()
    {
        await using var scope = _services.CreateAsyncScope();
    }

    /// <summary>A scope, the handler from it, the delivery, the call.</summary>
    [Benchmark]
    public async Task ScopedHandler()
    {
        await using var scope = _services.CreateAsyncScope();
        var delivery = new StreamDelivery(MessagePosition.Beginning, _message, _payload, "group", "consumer", 1);
        await scope
            .ServiceProvider.GetRequiredService<CountingHandler>()
            .HandleAsync(new StreamDelivery<CompanyUpdated>(delivery, _payload), CancellationToken.None);
    }

    /// <summary>A work item on the thread pool, awaited.</summary>
    [Benchmark]
    public Task ThreadPoolHop() => Task.Run(static () => { });
}
