using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisFlow.Streams;
using RedisFlow.Testing;

namespace RedisFlow.Docs.Tests.Samples;

/// <summary>Runs what the README shows of the libraries alone.</summary>
public sealed class TakeAlongTests(RedisFixture redis)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_libraries_deliver_and_invalidate_without_this_system()
    {
        var letters = new RecordedLetters();
        var builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { ApplicationName = "billing", DisableDefaults = true }
        );
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["ConnectionStrings:redis"] = redis.Server.ConnectionString,
                ["Streams:Name"] = $"docs:{Guid.NewGuid():N}",
            }
        );
        builder.Services.AddSingleton<ILetters>(letters);
        TakeAlong.Register(builder);
        using var host = builder.Build();
        await host.StartAsync(Cancellation);
        var cache = host.Services.GetRequiredService<HybridCache>();
        var publisher = host.Services.GetRequiredService<IStreamPublisher>();

        // Another company for each run: the tests share a server.
        var company = Random.Shared.NextInt64(1, long.MaxValue);
        var position = await TakeAlong.CloseFirstAsync(cache, publisher, _ => new([7L, 8L]), company, Cancellation);

        await Eventually.Until(
            () => letters.Sent.Select(letter => letter.DealershipId).SequenceEqual([7]),
            cancellationToken: Cancellation
        );
        await host.Services.GetRequiredService<IStreamTail>().WaitUntilAppliedAsync(position, Cancellation);
        var open = await cache.GetOrCreateAsync(
            $"dealerships:{company}",
            _ => new ValueTask<long[]>([8L]),
            cancellationToken: Cancellation
        );
        Assert.Equal(8, Assert.Single(open));
        await host.StopAsync(Cancellation);
    }
}
