using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Chaos.Processes;
using RedisFlow.Chaos.Recording;
using RedisFlow.Streams;
using RedisFlow.Streams.EntityFrameworkCore;
using RedisFlow.Testing;
using RedisFlow.Verification;
using StackExchange.Redis;

namespace RedisFlow.Chaos.Data;

/// <summary>What a run found.</summary>
/// <param name="Problems">Empty if nothing is wrong.</param>
internal sealed record DataVerdict(IReadOnlyList<string> Problems)
{
    public bool IsValid => Problems.Count == 0;
}

/// <summary>
/// One run: writers change rows and publish by the outbox, readers keep copies by the inbox, under faults. When all is
/// quiet again, what the databases and the stream hold is compared.
/// </summary>
internal sealed class DataRun(DataOptions options, TextWriter output)
{
    /// <summary>How long all may take to come to rest.</summary>
    private static readonly TimeSpan QuietLimit = TimeSpan.FromMinutes(2);

    /// <summary>Runs. All its processes have ended when it returns or throws.</summary>
    public async Task<DataVerdict> RunAsync(CancellationToken cancellationToken)
    {
        RunFiles.Prepare(options.Output);
        await using var system = await DataSystem.StartAsync(options, cancellationToken);
        using var connection = ChildHost.Connect(system.Redis.ConnectionString);
        var builder = ChildHost.CreateBuilder(
            system.Redis.ConnectionString,
            "harness",
            DataArguments.Lease,
            [DataArguments.Group]
        );
        builder.AddRedisStreams("redis");
        using var host = builder.Build();
        var injector = new DataInjector(
            system,
            host.Services.GetRequiredService<IStreamAdministration>(),
            connection.GetDatabase(),
            Seeds.Of(options.Seed, 1),
            output
        );
        await injector.RunAsync(DataSchedule.Create(options.Seed, options.Duration), cancellationToken);
        await Task.WhenAll(system.Writers.Select(writer => writer.StopAsync()));
        await using var relay = system.Relay(options);
        await relay.StartAsync(cancellationToken);
        var unrest = await RestAsync(system, host.Services.GetRequiredService<IStreamMonitor>(), cancellationToken);
        await relay.StopAsync();
        await Task.WhenAll(system.Readers.Select(reader => reader.StopAsync()));

        var facts = await ReadAsync(system, connection.GetDatabase(), cancellationToken);
        var slots = system.Writers.Concat(system.Readers).Append(relay);
        var verdict = new DataVerdict([
            .. unrest,
            .. slots.SelectMany(slot => slot.Incidents),
            .. DataChecker.Problems(facts, options.Break != DataBreak.NoOutbox),
        ]);
        await ReportFiles.WriteAsync(
            options.Output,
            Text(facts, verdict, injector.Log),
            new
            {
                verdict.Problems,
                Events = facts.Entries.Count,
                Receipts = facts.Receipts.Count,
                Effects = facts.Effects.Values.Sum(),
                Faults = injector.Log,
            },
            cancellationToken
        );
        return verdict;
    }

    /// <summary>Waits until everything is published and handled.</summary>
    /// <returns>What did not come to rest.</returns>
    private static async Task<IReadOnlyList<string>> RestAsync(
        DataSystem system,
        IStreamMonitor monitor,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await Eventually.Until(
                async () =>
                {
                    await using var source = system.OpenSource();
                    return await source.Events.CountAsync(
                        tracked => tracked.Status == TrackedEventStatus.Pending,
                        cancellationToken
                    );
                },
                pending => pending == 0,
                QuietLimit,
                cancellationToken
            );
            await Eventually.Until(
                () => monitor.GetSnapshotAsync(cancellationToken),
                snapshot =>
                    snapshot.Groups.Single(group => group.Name == DataArguments.Group)
                        is { Pending: 0, Exists: true } group
                    && group.LastDelivered == snapshot.LastPosition,
                QuietLimit,
                cancellationToken
            );
            return [];
        }
        catch (TimeoutException exception)
        {
            return [exception.Message];
        }
    }

    private async Task<DataFacts> ReadAsync(DataSystem system, IDatabase redis, CancellationToken cancellationToken)
    {
        await using var source = system.OpenSource();
        await using var copies = system.OpenCopies();
        var entries = await redis.StreamRangeAsync(new StreamKeys(Roles.Stream).Stream);
        return new DataFacts(
            await source.Items.AsNoTracking().ToListAsync(cancellationToken),
            await copies.Copies.AsNoTracking().ToListAsync(cancellationToken),
            [
                .. entries.Select(entry =>
                    (MessagePosition.Parse(entry.Id!), StreamMessage.Parser.ParseFrom((byte[])entry.Values[0].Value!))
                ),
            ],
            await source
                .Events.AsNoTracking()
                .ToDictionaryAsync(tracked => tracked.MessageId, tracked => tracked.Position, cancellationToken),
            await copies
                .Effects.GroupBy(effect => effect.MessageId)
                .ToDictionaryAsync(effects => effects.Key, effects => effects.Count(), cancellationToken),
            RunFiles.ReadReceipts(options.Output)
        );
    }

    private Markdown Text(DataFacts facts, DataVerdict verdict, IReadOnlyList<string> faults)
    {
        var text = new Markdown();
        text.Line($"# Databases, seed {options.Seed}: {(verdict.IsValid ? "valid" : "NOT VALID")}");
        text.Line();
        foreach (var problem in verdict.Problems)
        {
            text.Item($"**{problem}**");
        }

        text.Item(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{facts.Entries.Count:N0} events of {facts.Items.Count:N0} rows, {facts.Receipts.Count:N0} receipts "
                    + $"with a position; effects of {facts.Effects.Count:N0} messages"
            )
        );
        text.Item($"again: `{options.ToCommand()}`");
        text.Heading("Faults");
        text.Block(faults);
        return text;
    }
}
