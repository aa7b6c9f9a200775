using RedisFlow.Cli.Reports;

namespace RedisFlow.Cli.Checkups;

/// <summary>The version, and what the engine makes of it.</summary>
internal static class VersionCheck
{
    private const string Name = "version";

    public static IEnumerable<Finding> Run(Examination examination)
    {
        var told = examination.Facts.Info.GetValueOrDefault("redis_version", "of unknown version");
        yield return examination.Server switch
        {
            null when examination.Facts.IsReplica => Finding.Unknown(Name, $"Redis {told}: what it can do is asked of its master."),
            null => Finding.Unknown(Name, $"Redis {told}: the server does not tell what it can do; the engine uses what 7.0 has."),
            { IsSupported: false } => Finding.ToMend(
                Name, $"Redis {told} is too old: the engine needs 7.0.", "Upgrade Redis to 7.0 or later; 8.6.2 or later has everything that the engine can use."),
            { HasAckDel: true, HasClaim: true, HasIdempotentAdd: true } server => Finding.Ok(Name, $"Redis {server.Version}: XACKDEL, CLAIM and IDMP are used."),
            { } server => Finding.Note(
                Name,
                $"Redis {server.Version} has all that is needed. From 8.6.2 on the server itself would do what the engine does here: {string.Join(", ", Lacks(server))}."),
        };
    }

    private static IEnumerable<string> Lacks(Streams.StreamServer server)
    {
        if (!server.HasAckDel)
        {
            yield return "trimming what is acknowledged (XACKDEL)";
        }

        if (!server.HasClaim)
        {
            yield return "taking over while reading (CLAIM)";
        }

        if (!server.HasIdempotentAdd)
        {
            yield return "remembering message ids (IDMP)";
        }
    }
}
