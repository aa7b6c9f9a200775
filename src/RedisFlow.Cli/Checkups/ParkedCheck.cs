using System.Globalization;
using RedisFlow.Cli.Reports;

namespace RedisFlow.Cli.Checkups;

/// <summary>Whether messages wait for a build that knows their type.</summary>
internal static class ParkedCheck
{
    private const string Name = "parked";

    public static IEnumerable<Finding> Run(Examination examination)
    {
        foreach (var stream in examination.Streams)
        {
            var parking = stream.State.Groups.Where(group => group.Parked > 0).ToArray();
            if (parking.Length == 0)
            {
                yield return Finding.Ok(Name, $"Stream {stream.State.Stream} has none.");
            }

            foreach (var group in parking)
            {
                var types =
                    group.ParkedFor.Count == 0
                        ? "others of their subjects"
                        : string.Join(", ", group.ParkedFor.Keys.Order(StringComparer.Ordinal));
                yield return Finding.ToRepair(
                    Name,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Group {group.Name} of stream {stream.State.Stream} has {group.Parked} messages that wait "
                            + $"for {types}."
                    ),
                    "Deploy a build of the group's service that knows them; after Streams:ParkedRetention they become "
                        + "dead letters."
                );
            }
        }
    }
}
