using System.Diagnostics;
using RedisFlow.Chaos.Recording;
using RedisFlow.Streams;

namespace RedisFlow.Chaos.Processes;

/// <summary>
/// What handlers do: take a while now and then, fail now and then, and write it all down. Which message takes how long,
/// and which fails and how often, is drawn from the seed, for each group separately.
/// </summary>
/// <param name="record">Where it is written.</param>
/// <param name="seed">The run's seed.</param>
/// <param name="group">The group.</param>
/// <param name="longest">The longest time that a message takes.</param>
/// <param name="failing">How many messages in a hundred fail.</param>
internal sealed class Work(RecordFile record, int seed, string group, TimeSpan longest, int failing)
{
    /// <summary>One message in so many takes time.</summary>
    private const int OneInTakesTime = 4;

    /// <summary>
    /// A message fails at most so often: fewer than the engine's deliveries, so that none becomes a dead letter.
    /// </summary>
    private const int MostFailures = 2;

    /// <summary>Handles a message.</summary>
    /// <param name="id">The message.</param>
    /// <param name="position">Its position.</param>
    /// <param name="deliveries">Which delivery this is.</param>
    /// <param name="isDropped">Whether this returns as if the message had been handled, although it was not.</param>
    /// <param name="cancellationToken">Cancels the handling.</param>
    /// <exception cref="WorkFailedException">The draw says so.</exception>
    public async Task DoAsync(
        MessageId id,
        MessagePosition position,
        long deliveries,
        bool isDropped,
        CancellationToken cancellationToken
    )
    {
        var begin = Stopwatch.GetTimestamp();
        var draw = new Random(SeedOf(id));
        var takes = draw.Next(OneInTakesTime) == 0 ? longest * draw.NextDouble() : TimeSpan.Zero;
        var failures = draw.Next(100) < failing ? draw.Next(1, MostFailures + 1) : 0;
        var outcome = Outcome.Cancelled;
        try
        {
            if (takes > TimeSpan.Zero)
            {
                await Task.Delay(takes, cancellationToken);
            }

            outcome = deliveries <= failures ? Outcome.Failed : Outcome.Handled;
        }
        finally
        {
            // Before the return: what the engine does next comes after the end that is recorded.
            if (outcome != Outcome.Handled || !isDropped)
            {
                record.Handled(outcome, id, position, new HandlingTime(begin, Stopwatch.GetTimestamp()), deliveries);
            }
        }

        if (outcome == Outcome.Failed)
        {
            throw new WorkFailedException($"{id} fails on purpose, delivery {deliveries} of {failures} that fail.");
        }
    }

    /// <summary>The same in each process and each run; a hash code of .NET is not.</summary>
    private int SeedOf(MessageId id)
    {
        var hash = 2166136261u;
        foreach (var part in group)
        {
            hash = (hash ^ part) * 16777619;
        }

        foreach (var part in (ReadOnlySpan<int>)[seed, id.Publisher, id.Lane, id.Sequence])
        {
            hash = (hash ^ (uint)part) * 16777619;
            hash ^= hash >> 15;
        }

        return (int)hash;
    }
}

/// <summary>A handler fails on purpose.</summary>
internal sealed class WorkFailedException(string message) : Exception(message);
