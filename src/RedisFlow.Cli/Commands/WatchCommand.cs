using System.CommandLine;
using RedisFlow.Cli.CommandLine;
using RedisFlow.Cli.Connecting;
using RedisFlow.Cli.Rendering;
using RedisFlow.Cli.Reports;
using RedisFlow.Streams;
using Spectre.Console;

namespace RedisFlow.Cli.Commands;

/// <summary><c>watch</c>: streams, groups, consumers and rates, again and again.</summary>
internal sealed class WatchCommand : CliCommand
{
    private readonly DurationOption _interval = new DurationOption(
        "--interval",
        TimeSpan.FromSeconds(1),
        TimeSpan.FromMilliseconds(50)
    )
    {
        Description = "How often to look. Default: 1s.",
    };

    private readonly Option<int?> _count = new Option<int?>("--count")
    {
        Description = "End after so many looks.",
        HelpName = "number",
    }.AtLeast(1);

    public WatchCommand()
        : base("watch", "Watches streams, groups, consumers and rates, until Ctrl+C.")
    {
        Add(_interval);
        Add(_count);
    }

    protected override async Task<int> ExecuteAsync(Invocation invocation, CancellationToken stop)
    {
        await using var session = await invocation.OpenAllAsync(stop);
        var watch = new StreamWatch(session, invocation.Get(_interval), invocation.Get(_count), invocation.Say);
        if (invocation.IsJson)
        {
            await watch.RunAsync(report => invocation.Terminal.Out.WriteLine(Json.Line(report)), stop);
        }
        else if (invocation.Terminal.IsOutputScreen)
        {
            await invocation
                .Console.Live(new Text(""))
                .StartAsync(screen => watch.RunAsync(report => screen.UpdateTarget(StreamsView.Of(report)), stop));
        }
        else
        {
            await watch.RunAsync(report => StreamsView.Write(invocation.Console, report), stop);
        }

        return ExitCode.Ok;
    }

    /// <summary>Takes snapshots and compares each with the one before. Redis may go and come back meanwhile.</summary>
    private sealed class StreamWatch(StreamSession session, TimeSpan interval, int? count, Action<string> say)
    {
        private readonly Dictionary<string, (StreamSnapshot Snapshot, long At)> _before = [];

        public async Task RunAsync(Action<StreamsReport> show, CancellationToken stop)
        {
            for (var look = 1; ; look++)
            {
                try
                {
                    var snapshots = new List<StreamSnapshot>();
                    var rates = new Dictionary<string, StreamRates>(StringComparer.Ordinal);
                    foreach (var stream in session.Streams)
                    {
                        var snapshot = await stream.Monitor.GetSnapshotAsync(stop);
                        snapshots.Add(snapshot);
                        rates.Add(stream.Name, Compare(snapshot));
                    }

                    show(new StreamsReport(TimeProvider.System.GetUtcNow(), snapshots, rates));
                }
                catch (Exception exception) when (RedisFaults.IsInfrastructure(exception) && look > 1)
                {
                    say($"redisflow: {Failures.Describe(exception).Message}; trying again.");
                }

                if (look == count)
                {
                    return;
                }

                await Task.Delay(interval, stop);
            }
        }

        private StreamRates Compare(StreamSnapshot snapshot)
        {
            var now = TimeProvider.System.GetTimestamp();
            var rates = _before.TryGetValue(snapshot.Stream, out var before)
                ? StreamRates.Of(snapshot, before.Snapshot, TimeProvider.System.GetElapsedTime(before.At, now))
                : StreamRates.Of(snapshot);
            _before[snapshot.Stream] = (snapshot, now);
            return rates;
        }
    }
}
