namespace RedisFlow.Cli.CommandLine;

/// <summary>Asks before something that cannot be taken back, unless <c>--yes</c> was given.</summary>
internal sealed class Confirmation
{
    private readonly Terminal _terminal;
    private readonly bool _isGiven;

    /// <summary>Begins; refuses at once where the question could not be answered, before anything was done.</summary>
    /// <exception cref="UsageException">No user can answer, and <c>--yes</c> was not given.</exception>
    public Confirmation(Invocation invocation, bool isGiven)
    {
        _terminal = invocation.Terminal;
        _isGiven = isGiven;
        if (!isGiven && !_terminal.CanAsk)
        {
            throw new UsageException("This command asks before it acts, and cannot ask here; pass --yes.");
        }
    }

    /// <summary>Asks.</summary>
    /// <exception cref="OperationFailedException">The answer is not yes.</exception>
    public async Task RequireAsync(string question, CancellationToken stop)
    {
        if (_isGiven)
        {
            return;
        }

        await _terminal.Error.WriteAsync($"{question} [y/N] ");
        await _terminal.Error.FlushAsync(stop);
        var answer = await Task.Run(_terminal.In.ReadLine, stop).WaitAsync(stop);
        if (answer?.Trim().ToUpperInvariant() is not ("Y" or "YES"))
        {
            throw new OperationFailedException("Declined; nothing was changed.");
        }
    }
}
