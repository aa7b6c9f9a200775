using System.Globalization;
using RedisFlow.Cli.Reports;

namespace RedisFlow.Cli.Checkups;

/// <summary>Whether messages wait for a decision.</summary>
internal static class DeadLetterCheck
{
    private const string Name = "dead-letters";

    public static IEnumerable<Finding> Run(Examination examination) =>
        examination.Streams.Select(stream =>
            stream.State.DeadLetters == 0
                ? Finding.Ok(Name, $"Stream {stream.State.Stream} has none.")
                : Finding.ToRepair(
                    Name,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Stream {stream.State.Stream} has {stream.State.DeadLetters}: messages that a group gave up."
                    ),
                    "redisflow dlq list shows why; then dlq redrive or dlq drop."
                )
        );
}
