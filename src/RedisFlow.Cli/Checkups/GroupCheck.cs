using RedisFlow.Cli.Rendering;
using RedisFlow.Cli.Reports;
using RedisFlow.Streams;

namespace RedisFlow.Cli.Checkups;

/// <summary>Whether the groups are declared and there.</summary>
internal static class GroupCheck
{
    private const string Name = "groups";

    public static IEnumerable<Finding> Run(Examination examination) => examination.Streams.SelectMany(Of);

    private static IEnumerable<Finding> Of(ExaminedStream stream)
    {
        var findings = Missing(stream).Concat(stream.State.Groups.SelectMany(group => Known(stream, group))).ToArray();
        var good = stream
            .State.Groups.Where(group => group is { IsDeclared: true, Exists: true })
            .Select(group => group.Name)
            .ToArray();
        return good.Length == 0
            ? findings.DefaultIfEmpty(Finding.Note(Name, $"Stream {stream.State.Stream} has no groups."))
            : findings.Prepend(
                Finding.Ok(Name, $"Stream {stream.State.Stream}: declared and there: {string.Join(", ", good)}.")
            );
    }

    private static IEnumerable<Finding> Missing(ExaminedStream stream) =>
        from name in stream.Expected
        where stream.State.Groups.All(known => known.Name != name)
        select Finding.ToRepair(
            Name,
            $"Stream {stream.State.Stream}: group {name} is neither declared nor there: what its service needs is not "
                + "kept for it.",
            $"Start an application with the stream (each declares Streams:Groups), or leave {name} out with --group."
        );

    private static IEnumerable<Finding> Known(ExaminedStream stream, GroupSnapshot group)
    {
        var name = $"Stream {stream.State.Stream}: group {group.Name}";
        if (!group.Exists)
        {
            yield return Finding.ToRepair(
                Name,
                $"{name} is declared and missing: the group or the stream was destroyed. Nothing is trimmed until it "
                    + "is back.",
                "Start an application with the stream: it is created again at the place where it was declared."
            );
        }
        else if (!group.IsDeclared)
        {
            yield return stream.Expected.Contains(group.Name)
                ? Finding.ToRepair(
                    Name,
                    $"{name} is there and not declared: if it is ever destroyed, nothing keeps its messages.",
                    "Start an application with the stream: it declares the group."
                )
                : Finding.Note(
                    Name,
                    $"{name} is there and not declared: a visitor. While it exists, it keeps the stream from being "
                        + "trimmed."
                );
        }

        if (group.Paused is { } pause)
        {
            yield return Finding.Note(Name, $"{name} is paused since {Data.Moment(pause.Since)}: {pause.Reason}");
        }
    }
}
