namespace RedisFlow.Streams.Tests.Core;

/// <summary>
/// A call to the model of Redis, in two steps: it takes effect, then its reply arrives. Either may fail to happen.
/// </summary>
/// <param name="execute">What it does there; <c>null</c>: nothing yet, it is blocked.</param>
/// <param name="reply">Receives the answer.</param>
/// <param name="fail">The caller learns only that it failed; what it did, it did.</param>
internal sealed class Call(Func<object?> execute, Action<object> reply, Action fail)
{
    private object? _result;

    public bool IsExecuted => _result is not null;

    /// <summary>Goes one step on.</summary>
    /// <returns>Whether it could.</returns>
    public static bool Step(ref Call? call, bool breaks)
    {
        var current = call!;
        if (breaks)
        {
            call = null;
            current.Fail();
            return true;
        }

        if (current._result is null)
        {
            current._result = current.Execute();
            return current._result is not null;
        }

        call = null;
        current.Reply(current._result);
        return true;
    }

    private object? Execute() => execute();

    private void Reply(object result) => reply(result);

    private void Fail() => fail();
}
