using RedisFlow.Testing;
using Xunit;

namespace RedisFlow.Integration;

/// <summary>One more for Redis Cluster.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ClusteredSystem : ICollectionFixture<ClusteredApplication>
{
    public const string Name = "The system on a cluster";
}

/// <summary>The whole system on a cluster of three masters and three replicas, which the tests start.</summary>
public sealed class ClusteredApplication : RedisFlowApplication
{
    private RedisCluster? _cluster;

    public RedisCluster Cluster => _cluster ?? throw new InvalidOperationException("The cluster has not started.");

    protected override IReadOnlyList<string> Settings =>
        [
            "--Redis:Mode=external",
            $"--ConnectionStrings:redis={Cluster.ConnectionString}",
            "--StreamView:RefreshInterval=00:00:00.5",
        ];

    public override async ValueTask InitializeAsync()
    {
        _cluster = await RedisCluster.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }
}
