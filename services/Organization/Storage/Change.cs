using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Organization.Storage;

/// <summary>
/// What a write intends after it read the current state: either a rejection, or conditions that still hold if no one
/// else wrote in between, the commands, and the message.
/// </summary>
internal sealed class Change<T>
{
    private readonly List<Condition> _conditions = [];
    private readonly List<Func<ITransaction, Task>> _commands = [];

    private Change(WriteStatus status, T? value, Publication? publication)
    {
        Status = status;
        Value = value;
        Publication = publication;
    }

    /// <summary>
    /// <see cref="WriteStatus.Committed"/> for a change to be made, otherwise the reason for the rejection.
    /// </summary>
    public WriteStatus Status { get; }

    /// <summary>The entity as it is after the change.</summary>
    public T? Value { get; }

    /// <summary>The change's message; <c>null</c> for a rejection.</summary>
    public Publication? Publication { get; }

    /// <summary>A change to be made, once its conditions and commands were added.</summary>
    public static Change<T> To(T value, Publication publication) => new(WriteStatus.Committed, value, publication);

    /// <summary>Nothing is changed, for this reason.</summary>
    public static Change<T> Rejected(WriteStatus reason) => new(reason, default, null);

    /// <summary>What was read belongs to different moments; read again.</summary>
    public static Change<T> Stale() => new(WriteStatus.Stale, default, null);

    /// <summary>Commit only if this holds.</summary>
    public Change<T> When(Condition condition)
    {
        _conditions.Add(condition);
        return this;
    }

    /// <summary>A command of the transaction.</summary>
    public Change<T> Do(Func<ITransaction, Task> command)
    {
        _commands.Add(command);
        return this;
    }

    /// <summary>Queues conditions and commands; the tasks complete when the transaction was executed.</summary>
    public IReadOnlyList<Task> Queue(ITransaction transaction)
    {
        foreach (var condition in _conditions)
        {
            transaction.AddCondition(condition);
        }

        return [.. _commands.Select(command => command(transaction))];
    }
}
