namespace RedisFlow.Chaos.Staleness.Load;

/// <summary>Writers and readers at work, until it is ended.</summary>
internal sealed class LoadPhase : IAsyncDisposable
{
    /// <summary>How long the last replies may take: longer than any wait of a node.</summary>
    private static readonly TimeSpan LastReplies = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _giveUp = new();
    private readonly Task _all;

    /// <summary>Begins.</summary>
    /// <param name="writers">The writers.</param>
    /// <param name="writes">Transactions in a second, of all writers together.</param>
    /// <param name="readers">The readers.</param>
    /// <param name="reads">Reads in a second, of all readers together.</param>
    public LoadPhase(
        IReadOnlyCollection<SourceWriter> writers,
        double writes,
        IReadOnlyCollection<NodeReader> readers,
        double reads
    ) =>
        _all = Task.WhenAll([
            .. writers.Select(writer => Task.Run(() => writer.RunAsync(writes / writers.Count, _stop.Token))),
            .. readers.Select(reader =>
                Task.Run(() => reader.RunAsync(reads / readers.Count, _stop.Token, _giveUp.Token))
            ),
        ]);

    /// <summary>Ends all of them, and waits for what is on its way.</summary>
    public async Task EndAsync()
    {
        await _stop.CancelAsync();
        _giveUp.CancelAfter(LastReplies);
        await _all;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _giveUp.CancelAsync();
        await _all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _giveUp.Dispose();
    }
}
