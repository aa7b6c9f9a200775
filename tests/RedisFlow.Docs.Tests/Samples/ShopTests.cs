using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Docs.Tests.Samples;

/// <summary>Runs what the page shows of databases.</summary>
public sealed class ShopTests(RedisFixture redis)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_change_is_published_with_its_event_and_the_event_changes_a_database_once()
    {
        await using var postgres = await PostgresServer.StartAsync(Cancellation);
        var builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { ApplicationName = "shop", DisableDefaults = true }
        );
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["ConnectionStrings:redis"] = redis.Server.ConnectionString,
                ["ConnectionStrings:shop"] = postgres.ConnectionString("shop"),
                ["Streams:Name"] = $"docs:{Guid.NewGuid():N}",
            }
        );
        builder.Services.AddSingleton<IConnectionMultiplexer>(_ => redis.Server.Connect());
        builder.Services.AddScoped<Closing>();
        Shop.Register(builder);
        using var host = builder.Build();
        await InScopeAsync(
            host,
            async services =>
            {
                var db = services.GetRequiredService<ShopDb>();
                await db.Database.EnsureCreatedAsync(Cancellation);
                db.AddRange(new Dealership { Id = 7, CompanyId = 1 }, new ClosedCount { Id = 1 });
                return await db.SaveChangesAsync(Cancellation);
            }
        );
        await host.StartAsync(Cancellation);

        var receipt = await InScopeAsync(
            host,
            services => services.GetRequiredService<Closing>().CloseAsync(7, Cancellation)
        );

        Assert.NotNull(receipt.Position);
        await Eventually.Until(
            () =>
                InScopeAsync(
                    host,
                    services =>
                        services.GetRequiredService<ShopDb>().Counts.Select(row => row.Closed).SingleAsync(Cancellation)
                ),
            closed => closed == 1,
            cancellationToken: Cancellation
        );
        await host.StopAsync(Cancellation);
    }

    private static async Task<T> InScopeAsync<T>(IHost host, Func<IServiceProvider, Task<T>> work)
    {
        await using var scope = host.Services.CreateAsyncScope();
        return await work(scope.ServiceProvider);
    }
}
