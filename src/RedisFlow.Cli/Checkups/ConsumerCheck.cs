using System.Globalization;
using RedisFlow.Cli.CommandLine;
using RedisFlow.Cli.Reports;
using RedisFlow.Streams;

namespace RedisFlow.Cli.Checkups;

/// <summary>Checks consumers: those without a sign of life, and groups that have work and no consumer for it.</summary>
internal static class ConsumerCheck
{
    private const string Name = "consumers";

    public static IEnumerable<Finding> Run(Examination examination)
    {
        foreach (var stream in examination.Streams)
        {
            var findings = stream
                .State.Groups.Where(group => group.Exists)
                .SelectMany(group => Of(stream, group, examination.Limits.Idle))
                .ToArray();
            foreach (var finding in findings)
            {
                yield return finding;
            }

            if (findings.All(finding => finding.Status != FindingStatus.Fail))
            {
                yield return Finding.Ok(Name, $"Stream {stream.State.Stream}: nothing waits for a consumer.");
            }
        }
    }

    private static IEnumerable<Finding> Of(ExaminedStream stream, GroupSnapshot group, TimeSpan limit)
    {
        var name = $"Stream {stream.State.Stream}: group {group.Name}";
        var lives = group.Consumers.Any(consumer => consumer.Idle <= limit);
        foreach (var consumer in group.Consumers.Where(consumer => consumer.Rival is not null))
        {
            yield return Finding.ToRepair(
                Name,
                $"{name}: two workers have the name {consumer.Name}; one of them ({consumer.Rival}) stands by and "
                    + "handles nothing.",
                "Give each instance an id of its own: Streams:InstanceId, in the services of this system Instance:Id."
            );
        }

        foreach (var consumer in group.Consumers.Where(consumer => consumer.Idle > limit))
        {
            yield return consumer.Pending > 0
                ? Finding.ToRepair(
                    Name,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{name}: consumer {consumer.Name} holds {consumer.Pending} messages and gave no sign of life "
                            + $"for {Duration.Text(consumer.Idle)}."
                    ),
                    lives
                        ? "Living workers take them over when their lease "
                            + $"({Duration.Text(stream.Options.LeaseDuration)}) is over; redisflow claim {group.Name} "
                            + "makes that at once. If they stay, look at the workers' log."
                        : "Start the service: its workers take them over."
                )
                : Finding.Note(
                    Name,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{name}: consumer {consumer.Name} holds nothing and gave no sign of life for "
                            + $"{Duration.Text(consumer.Idle)}; it is removed after "
                            + $"{Duration.Text(stream.Options.IdleConsumerRetention)}."
                    )
                );
        }

        if (!lives && group.Paused is null && HasWork(group, stream.State.LastPosition))
        {
            yield return Finding.ToRepair(
                Name,
                Text($"{name} has {Work(group)} and no living consumer."),
                "Start the service. If it was given up for good, its group keeps the stream from being trimmed: "
                    + $"redisflow retire {group.Name}."
            );
        }

        if (lives && group.OldestPendingIdle is { } idle && idle > limit)
        {
            yield return Finding.ToRepair(
                Name,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name}: its oldest pending message was neither delivered nor renewed for {Duration.Text(idle)}, "
                        + $"though workers live: none of them claims it."
                ),
                $"Workers look for such messages each half lease ({Duration.Text(stream.Options.LeaseDuration / 2)}), "
                    + $"so soon after redisflow claim this passes. If it stays: redisflow pending {group.Name}, and "
                    + "the workers' log."
            );
        }
    }

    private static bool HasWork(GroupSnapshot group, MessagePosition end) =>
        group.Pending > 0 || group.Lag > 0 || (group.Lag is null && group.LastDelivered < end);

    private static string Work(GroupSnapshot group) =>
        group switch
        {
            { Lag: null } => Text($"{group.Pending} pending messages and an unknown number before it"),
            { Lag: 0 } => Text($"{group.Pending} pending messages"),
            { Pending: 0 } => Text($"{group.Lag} messages before it"),
            _ => Text($"{group.Pending} pending messages and {group.Lag} before it"),
        };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
