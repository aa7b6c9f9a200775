using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisFlow.Caching;
using RedisFlow.Docs.Tests.Pages;
using RedisFlow.Domain;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Docs.Tests.Reference;

/// <summary>Runs a consumer with its cache under the ACL rules that the page shows.</summary>
public sealed class AclTests
{
    private const string Operator = "operator";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_documented_rules_let_a_consumer_with_a_cache_do_its_work_and_nothing_else()
    {
        await using var server = await RedisServer.StartAsync(Cancellation);
        using var control = await server.ConnectAsync(admin: true);
        var everything = control.GetDatabase();
        await everything.ExecuteAsync("SET", "company:1", "of Organization");
        await everything.ExecuteAsync("ACL", "SETUSER", Operator, "on", "nopass", "~*", "&*", "+@all");
        await everything.ExecuteAsync("AUTH", Operator, "any");

        // The rules are given to the user that connections have without a name, since older client libraries know no
        // other.
        await everything.ExecuteAsync(
            "ACL",
            [.. new object[] { "SETUSER", "default", "reset", "on", "nopass" }, .. DocumentedRules()]
        );

        using var service = await StartAsync(server);
        var cache = service.Services.GetRequiredService<StreamHybridCache>();
        var publisher = service.Services.GetRequiredService<IStreamPublisher>();
        var monitor = service.Services.GetRequiredService<IStreamMonitor>();
        Assert.Equal("v1", await ReadAsync(cache, "v1"));
        await Eventually.Until(async () => await InRedisAsync(), cancellationToken: Cancellation);

        // An event, a removal, and all of a prefix: heard by the tail, and worked off by the group.
        var position = await publisher.PublishAsync(
            new Publication(new CompanyUpdated { CompanyId = 1 }, "company/1", "renamed"),
            Cancellation
        );
        await cache.WaitUntilAppliedAsync(position, Cancellation);
        Assert.Equal("v2", await ReadAsync(cache, "v2"));
        await cache.RemoveAsync("company:1", Cancellation);
        Assert.Equal("v3", await ReadAsync(cache, "v3"));
        await cache.RemoveByPrefixAsync("company", Cancellation);
        Assert.Equal("v4", await ReadAsync(cache, "v4"));
        await Eventually.Until(
            async () => (await monitor.GetSnapshotAsync(Cancellation)).Groups.Single() is { Lag: 0, Pending: 0 },
            cancellationToken: Cancellation
        );

        // What the client library tries when it connects, and does without; nothing of ours was refused.
        string[] tried =
        [
            "__Booksleeve_TieBreak",
            "auth",
            "client",
            "cluster",
            "config",
            "psubscribe",
            "sentinel",
            "subscribe",
            "unsubscribe",
        ];
        Assert.All(await RefusedAsync(everything), refused => Assert.Contains(refused.Split('|')[0], tried));

        using var stranger = server.Connect(admin: true);
        foreach (
            var command in new[]
            {
                "FLUSHALL",
                "KEYS *",
                "CONFIG SET maxmemory 1",
                "SET company:1 x",
                "GET company:1",
                "SHUTDOWN NOSAVE",
            }
        )
        {
            var words = command.Split(' ');
            var refused = await Assert.ThrowsAsync<RedisServerException>(() =>
                stranger.GetDatabase().ExecuteAsync(words[0], [.. words[1..]])
            );
            Assert.StartsWith("NOPERM", refused.Message, StringComparison.Ordinal);
        }

        await service.StopAsync(Cancellation);

        async Task<bool> InRedisAsync() => (int)await everything.ExecuteAsync("EXISTS", "reporting:1:company:1") == 1;
    }

    private static object[] DocumentedRules()
    {
        var line = Assert.Single(
            Repository.Read("docs/security.md"),
            line => line.StartsWith("user reporting on ", StringComparison.Ordinal)
        );
        return [.. line.Split(' ')[4..]];
    }

    private static async Task<string[]> RefusedAsync(IDatabase everything) =>
        [
            .. from entry in (RedisResult[])(await everything.ExecuteAsync("ACL", "LOG", "1000"))!
            let fields = (RedisResult[])entry!
            from at in Enumerable.Range(0, fields.Length / 2)
            where (string?)fields[2 * at] == "object"
            select (string)fields[(2 * at) + 1]!,
        ];

    private static async Task<string> ReadAsync(StreamHybridCache cache, string fresh) =>
        await cache.GetOrCreateAsync(
            "company:1",
            fresh,
            static (fresh, _) => ValueTask.FromResult(fresh),
            cancellationToken: Cancellation
        );

    private static async Task<IHost> StartAsync(RedisServer server)
    {
        var builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { ApplicationName = "reporting", DisableDefaults = true }
        );
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["ConnectionStrings:redis"] = server.ConnectionString,
                ["Streams:Groups:0"] = GroupNames.Reporting,
                ["Caching:RedisTimeout"] = "00:00:30",
            }
        );
        builder.Services.AddSingleton<IConnectionMultiplexer>(_ => server.Connect());
        builder
            .AddRedisStreams("redis", StreamNames.CacheInvalidation)
            .AddStreamConsumer(GroupNames.Reporting)
            .AddHybridCache(cache => cache.Service = ResourceNames.Reporting)
            .InvalidateOn<CompanyUpdated>(updated => Invalidation.Key($"company:{updated.CompanyId}"));
        var host = builder.Build();
        await host.StartAsync(Cancellation);
        return host;
    }
}
