using RedisFlow.Cli.Reports;

namespace RedisFlow.Cli.Checkups;

/// <summary>The version, and what the engine makes of it.</summary>
internal static class VersionCheck
{
    private const string Name = "version";
    private const string Redis = "Redis";

    public static IEnumerable<Finding> Run(Examination examination)
    {
        var told = Told(examination);
        yield return examination.Server switch
        {
            null when examination.Facts.IsReplica => Finding.Unknown(
                Name,
                $"{told}: what it can do is asked of its master."
            ),
            null => Finding.Unknown(
                Name,
                $"{told}: the server does not tell what it can do; the engine uses what 7.0 has."
            ),
            { HasStreams: false } => Finding.ToRepair(
                Name,
                $"{told} has no streams (XREADGROUP): the engine cannot run on it.",
                "Use Redis 7.0 or later, or Valkey."
            ),
            { IsSupported: false } => Finding.ToRepair(
                Name,
                $"{told} is too old: the engine needs 7.0.",
                "Upgrade Redis to 7.0 or later; 8.6.2 or later has everything that the engine can use."
            ),
            { HasAckDel: true, HasClaim: true, HasIdempotentAdd: true } => Finding.Ok(
                Name,
                $"{told}: XTRIM ACKED, XREADGROUP CLAIM and XADD IDMP are used."
            ),
            { Product: not Redis } => Finding.Ok(
                Name,
                $"{told} has all that is needed. It is compatible with Redis {examination.Server.Version}: "
                    + "what later versions of Redis do by themselves, the engine does here."
            ),
            { } server => Finding.Note(
                Name,
                $"{told} has all that is needed. From 8.6.2 on the server itself would do what the engine does here: "
                    + $"{string.Join(", ", Lacks(server))}."
            ),
        };
    }

    /// <summary>
    /// What the server calls itself; where the engine could not ask it, what it says for clients of Redis.
    /// </summary>
    private static string Told(Examination examination) =>
        examination switch
        {
            { Server: { ProductVersion: { } version } server } => $"{server.Product} {version}",
            { Server: { Product: not Redis } server } => server.Product,
            { Facts.Info: var info, Server: var server } => $"{Redis} "
                + (info.GetValueOrDefault("redis_version") ?? server?.Version.ToString() ?? "of unknown version"),
        };

    private static IEnumerable<string> Lacks(Streams.StreamServer server)
    {
        if (!server.HasAckDel)
        {
            yield return "trimming what is acknowledged (XTRIM ACKED)";
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
