using System.Globalization;

namespace RedisFlow.Chaos.Processes;

/// <summary>What a worker process is started with.</summary>
/// <param name="Connection">Redis, or the proxy before it.</param>
/// <param name="Group">The group that it consumes.</param>
/// <param name="Instance">Its instance id.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Lease">The lease.</param>
/// <param name="Seed">The run's seed, from which handlers draw what they do.</param>
/// <param name="Work">The longest time that a handler takes.</param>
/// <param name="Failing">How many messages in a hundred fail once or twice.</param>
/// <param name="RecordPath">Where it records.</param>
internal sealed record WorkerArguments(
    string Connection,
    string Group,
    string Instance,
    WorkerKind Kind,
    TimeSpan Lease,
    int Seed,
    TimeSpan Work,
    int Failing,
    string RecordPath
)
{
    /// <summary>As the process receives them.</summary>
    public string[] ToArray() =>
        [
            Roles.Worker,
            Connection,
            Group,
            Instance,
            Kind.ToString(),
            Lease.ToString(),
            Seed.ToString(CultureInfo.InvariantCulture),
            Work.ToString(),
            Failing.ToString(CultureInfo.InvariantCulture),
            RecordPath,
        ];

    /// <summary>As the process reads them.</summary>
    public static WorkerArguments Parse(string[] arguments) =>
        new(
            arguments[1],
            arguments[2],
            arguments[3],
            Enum.Parse<WorkerKind>(arguments[4]),
            TimeSpan.Parse(arguments[5], CultureInfo.InvariantCulture),
            int.Parse(arguments[6], CultureInfo.InvariantCulture),
            TimeSpan.Parse(arguments[7], CultureInfo.InvariantCulture),
            int.Parse(arguments[8], CultureInfo.InvariantCulture),
            arguments[9]
        );
}
