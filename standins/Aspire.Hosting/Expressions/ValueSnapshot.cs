namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value that is set later, perhaps more than once.</summary>
public sealed class ValueSnapshot<T>
    where T : notnull
{
    private readonly TaskCompletionSource<T> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Task<T>? _latest;

    public bool IsValueSet => _latest is { IsCompletedSuccessfully: true };

    public Task<T> GetValueAsync(CancellationToken cancellationToken = default) =>
        _latest ?? _first.Task.WaitAsync(cancellationToken);

    public void SetValue(T value)
    {
        _latest = Task.FromResult(value);
        _first.TrySetResult(value);
    }

    public void SetException(Exception exception)
    {
        _latest = Task.FromException<T>(exception);
        _first.TrySetException(exception);
    }
}
