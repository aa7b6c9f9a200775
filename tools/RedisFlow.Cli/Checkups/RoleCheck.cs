using RedisFlow.Cli.Reports;

namespace RedisFlow.Cli.Checkups;

/// <summary>Whether this is the server that writes go to.</summary>
internal static class RoleCheck
{
    private const string Name = "role";

    public static IEnumerable<Finding> Run(Examination examination)
    {
        var info = examination.Facts.Info;
        yield return info.GetValueOrDefault("role") switch
        {
            _ when examination.Facts.IsReplica => Finding.ToMend(
                Name,
                "This server is a replica: it refuses writes, and may be behind.",
                $"Connect to its master, {info.GetValueOrDefault("master_host", "?")}:{info.GetValueOrDefault("master_port", "?")}."),
            "master" => Finding.Ok(Name, Replicas(info.GetValueOrDefault("connected_slaves"))),
            _ => Finding.Unknown(Name, "The server does not tell whether it is a master or a replica."),
        };
    }

    private static string Replicas(string? count) => count is null or "0"
        ? "Master, without replicas."
        : $"Master, with {count} replicas; a failover can lose what was not copied yet.";
}
