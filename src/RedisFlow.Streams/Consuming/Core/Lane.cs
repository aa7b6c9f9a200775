namespace RedisFlow.Streams.Consuming.Core;

/// <summary>
/// Runs one message at a time; there are as many as messages may be handled side by side. Any lane takes any message.
/// </summary>
// A token source without a timer holds nothing that must be freed, and a handler may still look at it.
#pragma warning disable CA1001
internal sealed class Lane(int index)
#pragma warning restore CA1001
{
    private CancellationTokenSource _cancellation = new();

    /// <summary>The lane's number.</summary>
    public int Index => index;

    /// <summary>Whether a runner has the lane, so that no other runner may take it.</summary>
    public bool IsActive { get; set; }

    /// <summary>Begins a message.</summary>
    /// <returns>The token for its handlers.</returns>
    public CancellationToken Begin()
    {
        if (_cancellation.IsCancellationRequested)
        {
            // That was for an earlier message.
            _cancellation = new CancellationTokenSource();
        }

        return _cancellation.Token;
    }

    /// <summary>Cancels the handlers that run.</summary>
    public void Cancel() => _ = _cancellation.CancelAsync();
}
