using System.Diagnostics;
using System.Runtime.CompilerServices;
using RedisFlow.Benchmarks.Engine;
using RedisFlow.Benchmarks.Measuring;
using RedisFlow.Benchmarks.Servers;
using RedisFlow.Benchmarks.Workers;
using RedisFlow.Streams;
using RedisFlow.Testing;
using RedisFlow.Verification;

namespace RedisFlow.Benchmarks.Scenarios;

/// <summary>How long the messages of a killed worker wait for the other one.</summary>
internal sealed class RecoveryScenario : IScenario
{
    public const string ShortLease = "lease 2 s";
    public const string DefaultLease = "default lease";
    private const int Rate = 1000;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2);
    private static readonly string[] Groups = [ScenarioContext.Group];

    public string Name => "recovery";

    public string Summary =>
        "two worker processes, one killed under load: until the other one has handled its messages";

    public string Method =>
        $"Two worker processes of one group, whose handlers take {RecoveryWorker.Work.TotalMilliseconds:0} ms, under "
        + $"{Rate:N0} messages/s; "
        + "one gets SIGKILL. *Held* is what it had been given and not acknowledged then; *recovered* is the time from "
        + "the kill until the other "
        + "worker had handled that. Duplicates are handlings beyond the first, lost are confirmed messages that "
        + "were not handled. With the default lease it is done for one setting of the append-only file.";

    public async IAsyncEnumerable<Measurement> RunAsync(
        ScenarioContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        yield return await MeasureAsync(context, ShortLease, Short, cancellationToken);
        var modes = context.Options.AppendOnly;
        if (
            !context.Options.Quick
            && context.AppendOnly == (modes.Contains(AppendOnly.EverySec) ? AppendOnly.EverySec : modes[0])
        )
        {
            yield return await MeasureAsync(context, DefaultLease, null, cancellationToken);
        }
    }

    private async Task<Measurement> MeasureAsync(
        ScenarioContext context,
        string name,
        TimeSpan? lease,
        CancellationToken cancellationToken
    )
    {
        var stream = context.NewStream();
        var folder = Directory.CreateTempSubdirectory("redisflow-bench-");
        try
        {
            using var client = await context.ConnectAsync(stream);
            await using var host = await BenchmarkHost.StartAsync(
                context.Host(stream, Groups),
                null,
                cancellationToken
            );
            var doomedRecord = Path.Combine(folder.FullName, "doomed");
            var otherRecord = Path.Combine(folder.FullName, "other");
            var arguments = new RecoveryWorkerArguments(
                context.Server.ConnectionString,
                stream,
                ScenarioContext.Group,
                "doomed",
                lease,
                doomedRecord,
                context.Options.Settings
            );
            await using var doomed = await StartAsync(arguments, cancellationToken);
            await using var other = await StartAsync(
                arguments with
                {
                    Instance = "other",
                    RecordPath = otherRecord,
                },
                cancellationToken
            );

            using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var load = LoadAsync(host.Publisher, enough.Token);
            await Eventually.Until(
                () => HandledRecord.Read(doomedRecord).Count >= Rate && HandledRecord.Read(otherRecord).Count >= Rate,
                Limit,
                cancellationToken
            );

            var killed = await doomed.KillAsync();
            var held = (await client.PendingOfAsync(ScenarioContext.Group, "doomed"))
                .Select(MessagePosition.Parse)
                .ToHashSet();
            await Eventually.Until(
                () => held.IsSubsetOf(HandledRecord.Read(otherRecord).Select(line => line.Position)),
                Limit,
                cancellationToken
            );
            await enough.CancelAsync();
            var confirmed = await load;
            await Draining.AcknowledgedAsync(host.Monitor, Groups, cancellationToken);
            await other.StopAsync();

            var handled = HandledRecord.Read(otherRecord);
            var recovered = handled
                .Where(line => held.Contains(line.Position))
                .DistinctBy(line => line.Position)
                .Select(line => Stopwatch.GetElapsedTime(killed, line.At).TotalSeconds)
                .DefaultIfEmpty(double.NaN)
                .ToArray();
            var all = handled.Concat(HandledRecord.Read(doomedRecord)).Select(line => line.Position).ToArray();
            return context.Result(
                this,
                name,
                Metric.Single("held", "", held.Count),
                Metric.Single("first recovered", "s", recovered.Min()),
                Metric.Single("all recovered", "s", recovered.Max()),
                Metric.Single("published", "", confirmed.Count),
                Metric.Single("duplicates", "", all.Length - all.Distinct().Count()),
                Metric.Single(MetricNames.Lost, "", confirmed.Except(all).Count())
            );
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Task<HarnessProcess> StartAsync(
        RecoveryWorkerArguments arguments,
        CancellationToken cancellationToken
    ) =>
        HarnessProcess.StartAsync(arguments.Instance, RecoveryWorker.Role, arguments, logPath: null, cancellationToken);

    /// <summary>Publishes until it is enough.</summary>
    /// <returns>What Redis confirmed.</returns>
    private static async Task<IReadOnlyList<MessagePosition>> LoadAsync(
        IStreamPublisher publisher,
        CancellationToken enough
    )
    {
        var sending = new List<Task<MessagePosition>>();
        try
        {
            await new ArrivalSchedule(Rate).RunAsync(
                int.MaxValue,
                i => sending.Add(publisher.PublishAsync(Messages.Publication(i), CancellationToken.None)),
                enough
            );
        }
        catch (OperationCanceledException)
        {
            // It is enough.
        }

        return await Task.WhenAll(sending);
    }
}
