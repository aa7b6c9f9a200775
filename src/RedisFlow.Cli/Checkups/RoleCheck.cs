using RedisFlow.Cli.Reports;

namespace RedisFlow.Cli.Checkups;

/// <summary>Whether this is the server that writes go to.</summary>
internal static class RoleCheck
{
    private const string Name = "role";
    private const string Cluster = "cluster";

    public static IEnumerable<Finding> Run(Examination examination)
    {
        var info = examination.Facts.Info;
        yield return info.GetValueOrDefault("role") switch
        {
            _ when examination.Facts.IsReplica => Finding.ToRepair(
                Name,
                "This server is a replica: it refuses writes, and may be behind.",
                $"Connect to its master, {info.GetValueOrDefault("master_host", "?")}:"
                    + $"{info.GetValueOrDefault("master_port", "?")}."
            ),
            "master" => Finding.Ok(Name, Replicas(info.GetValueOrDefault("connected_slaves"))),
            _ => Finding.Unknown(Name, "The server does not tell whether it is a master or a replica."),
        };

        if (examination.Facts.Cluster is { } cluster)
        {
            foreach (var finding in OfCluster(examination, cluster))
            {
                yield return finding;
            }
        }
    }

    private static IEnumerable<Finding> OfCluster(Examination examination, IReadOnlyDictionary<string, string> cluster)
    {
        var state = cluster.GetValueOrDefault("cluster_state", "unknown");
        yield return state == "ok"
            ? Finding.Ok(
                Cluster,
                $"Redis Cluster of {examination.Others.Count + 1} masters that answer; its state is ok."
            )
            : Finding.ToRepair(
                Cluster,
                $"Redis Cluster, and its state is {state}: "
                    + $"{cluster.GetValueOrDefault("cluster_slots_ok", "?")} of 16384 slots are served.",
                "redis-cli --cluster check, and start the masters that are missing or let their replicas take over."
            );
        foreach (var stream in examination.Streams)
        {
            yield return Finding.Ok(Cluster, $"Stream {stream.State.Stream} is on {stream.Owner}.");
        }
    }

    private static string Replicas(string? count) =>
        count is null or "0"
            ? "Master, without replicas."
            : $"Master, with {count} replicas; a failover can lose what was not copied yet.";
}
