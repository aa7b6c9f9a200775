using System.Globalization;

namespace RedisFlow.Testing;

/// <summary>A node of a cluster, as another one sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Port">Its port.</param>
/// <param name="IsMaster">Whether it is a master.</param>
/// <param name="IsFailing">Whether it is thought to have failed.</param>
/// <param name="MasterId">The id of its master; <c>-</c> for a master.</param>
/// <param name="Slots">The slots that it serves: first and last of each range.</param>
internal sealed record ClusterNode(
    string Id,
    int Port,
    bool IsMaster,
    bool IsFailing,
    string MasterId,
    IReadOnlyList<(int First, int Last)> Slots
)
{
    public bool Serves(int slot) => Slots.Any(range => range.First <= slot && slot <= range.Last);

    /// <summary>Reads the reply of CLUSTER NODES.</summary>
    public static IReadOnlyList<ClusterNode> Parse(string reply) =>
        [.. reply.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => ParseLine(line.Split(' ')))];

    // <id> <ip:port@bus[,host]> <flags> <master> <ping> <pong> <epoch> <link> <slot> <first-last> [<slot in migration>]
    // …
    private static ClusterNode ParseLine(string[] fields)
    {
        var flags = fields[2].Split(',');
        return new ClusterNode(
            fields[0],
            int.Parse(fields[1].Split('@')[0].Split(':')[^1], CultureInfo.InvariantCulture),
            flags.Contains("master"),
            flags.Any(flag => flag is "fail" or "fail?" or "handshake"),
            fields[3],
            [.. fields.Skip(8).Where(slots => !slots.StartsWith('[')).Select(ParseRange)]
        );
    }

    private static (int First, int Last) ParseRange(string range)
    {
        var ends = range.Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture)).ToArray();
        return (ends[0], ends[^1]);
    }
}
