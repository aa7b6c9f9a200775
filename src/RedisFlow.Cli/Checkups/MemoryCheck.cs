using System.Globalization;
using RedisFlow.Cli.Reports;

namespace RedisFlow.Cli.Checkups;

/// <summary>Memory: what happens when it is full, and how full it is.</summary>
internal static class MemoryCheck
{
    private const string Policy = "maxmemory-policy";
    private const string Memory = "memory";
    private const double TooFull = 0.9;

    public static IEnumerable<Finding> Run(Examination examination) => examination.OnEachMaster(Run);

    private static IEnumerable<Finding> Run(ServerFacts facts)
    {
        var policy = facts.Settings.GetValueOrDefault(Policy) ?? facts.Info.GetValueOrDefault("maxmemory_policy");
        yield return policy switch
        {
            null => Finding.Unknown(Policy, "The server does not tell its maxmemory-policy. It must be noeviction."),
            "noeviction" => Finding.Ok(Policy, "noeviction: a full server refuses writes and keeps what it has."),
            _ => Finding.ToRepair(
                Policy,
                $"{policy}: a full server deletes data, streams included, and an emptied stream looks like one that "
                    + "was never written.",
                "redis-cli CONFIG SET maxmemory-policy noeviction, and the same in redis.conf."
            ),
        };

        if (Number("maxmemory") is > 0 and var most && Number("used_memory") is { } used)
        {
            var share = (double)used / most;
            var text = string.Create(
                CultureInfo.InvariantCulture,
                $"{share * 100:0.#}% of {most / 1048576.0:0.#} MiB are used"
            );
            yield return share >= TooFull
                ? Finding.ToRepair(
                    Memory,
                    $"{text}: publishers are about to be refused.",
                    "Raise maxmemory, or find out what holds the stream (redisflow groups) or fills the server."
                )
                : Finding.Ok(Memory, $"{text}.");
        }

        long? Number(string name) =>
            long.TryParse(
                facts.Settings.GetValueOrDefault(name) ?? facts.Info.GetValueOrDefault(name),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var number
            )
                ? number
                : null;
    }
}
