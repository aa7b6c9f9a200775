using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisFlow.Caching;
using RedisFlow.Docs.Tests.Pages;
using RedisFlow.Docs.Tests.Samples;
using RedisFlow.Streams;
using RedisFlow.Streams.EntityFrameworkCore;
using StackExchange.Redis;

namespace RedisFlow.Docs.Tests.Reference;

/// <summary>Compares the table of metrics with the instruments that an application creates.</summary>
public sealed class MetricsTests
{
    [Theory]
    [InlineData("docs/streams.md", StreamTelemetry.Name)]
    [InlineData("docs/caching.md", StreamHybridCacheExtensions.MeterName)]
    [InlineData("docs/data.md", StreamDatabaseExtensions.MeterName)]
    public void The_documented_metrics_are_those_that_are_created(string page, string meter)
    {
        var documented = Table
            .Of(page, "metric")
            .Select(row => $"{Table.Plain(row[0])} {row[1]} {Table.Plain(row[2])}");

        Assert.Equal(Created(meter).Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    private static List<string> Created(string meter)
    {
        var builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { ApplicationName = "tests", DisableDefaults = true }
        );
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:redis", "localhost:1,abortConnect=false")]);

        // Nothing here needs Redis; but the cache takes its connection when it is made.
        builder.Services.AddSingleton<IConnectionMultiplexer>(_ =>
            ConnectionMultiplexer.Connect("127.0.0.1:1,abortConnect=false,connectTimeout=10")
        );
        builder.Services.AddDbContext<ShopDb>(options => options.UseNpgsql("Host=127.0.0.1;Port=1"));
        var consumer = builder.AddRedisStreams("redis", "s").AddOutbox<ShopDb>().AddStreamConsumer("tests");
        consumer.InTransaction<ShopDb>().AddHybridCache();
        using var host = builder.Build();
        var created = new List<string>();
        using var listener = new MeterListener();
        var meters = host.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, _) =>
        {
            // Those of this application only: other tests run at the same time.
            if (instrument.Meter.Name == meter && ReferenceEquals(instrument.Meter.Scope, meters))
            {
                created.Add($"{instrument.Name} {KindOf(instrument)} {instrument.Unit}");
            }
        };
        listener.Start();

        // Whatever has instruments creates them when it is made.
        _ = host.Services.GetServices<IHostedService>().Count();
        _ = host.Services.GetRequiredService<IStreamPublisher>();
        return created;
    }

    private static string KindOf(Instrument instrument) =>
        instrument.GetType().Name.Split('`')[0].Replace("Observable", "", StringComparison.Ordinal).ToLowerInvariant();
}
