using RedisFlow.Cli.Reports;

namespace RedisFlow.Cli.Checkups;

/// <summary>The append-only file, on which the promise rests that nothing is lost.</summary>
internal static class PersistenceCheck
{
    private const string Name = "append-only-file";

    public static IEnumerable<Finding> Run(Examination examination) => examination.OnEachMaster(Run);

    private static IEnumerable<Finding> Run(ServerFacts facts)
    {
        var isOn =
            facts.Settings.TryGetValue("appendonly", out var setting) ? setting == "yes"
            : facts.Info.TryGetValue("aof_enabled", out var enabled) ? enabled == "1"
            : (bool?)null;
        if (isOn is null)
        {
            yield return Finding.Unknown(
                Name,
                "The server does not tell whether its append-only file is on. It must be."
            );
            yield break;
        }

        if (isOn == false)
        {
            yield return Finding.ToRepair(
                Name,
                "The append-only file is off: a restart loses what came after the last snapshot.",
                "redis-cli CONFIG SET appendonly yes, and 'appendonly yes' in redis.conf."
            );
            yield break;
        }

        yield return Fsync(facts.Settings.GetValueOrDefault("appendfsync"));
        if (facts.Info.GetValueOrDefault("aof_last_write_status") is { } write && write != "ok")
        {
            yield return Finding.ToRepair(
                Name,
                "The last write to the append-only file failed.",
                "Look at the server's log and at the space on its disk; it refuses writes until this is over."
            );
        }

        if (facts.Info.GetValueOrDefault("aof_last_bgrewrite_status") is { } rewrite && rewrite != "ok")
        {
            yield return Finding.ToRepair(
                Name,
                "The last rewrite of the append-only file failed: it grows without end.",
                "Look at the server's log, at its memory and its disk, then redis-cli BGREWRITEAOF."
            );
        }
    }

    private static Finding Fsync(string? policy) =>
        policy switch
        {
            "always" => Finding.Ok(Name, "On, with appendfsync always."),
            "everysec" => Finding.Ok(
                Name,
                "On, with appendfsync everysec: a crash of the machine can lose the last second or two."
            ),
            "no" => Finding.ToRepair(
                Name,
                "On, but appendfsync is no: a crash of the machine can lose what the operating system had not "
                    + "written, usually up to half a minute.",
                "redis-cli CONFIG SET appendfsync everysec, and the same in redis.conf."
            ),
            _ => Finding.Ok(Name, "On; the server does not tell how often it is written to disk."),
        };
}
