using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Streams.Trimming;

namespace RedisFlow.Streams.Administration;

/// <inheritdoc/>
internal sealed class StreamAdministration(
    [FromKeyedServices] StreamTrimmer trimmer,
    [FromKeyedServices] MessageReader messages,
    [FromKeyedServices] PendingReader pending,
    [FromKeyedServices] DeadLetterReader deadLetters,
    [FromKeyedServices] Redriver redriver,
    [FromKeyedServices] GroupReplay replay,
    [FromKeyedServices] GroupPauses pauses,
    [FromKeyedServices] ConsumerMaintenance consumers,
    [FromKeyedServices] BacklogDropper backlog,
    [FromKeyedServices] GroupRetirement retirement
) : IStreamAdministration
{
    /// <inheritdoc/>
    public Task<TrimResult> TrimAsync(CancellationToken cancellationToken = default) =>
        trimmer.TrimAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredMessage>> GetMessagesAsync(
        MessagePosition? after = null,
        int count = 100,
        CancellationToken cancellationToken = default
    ) => messages.PageAsync(after, count, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredMessage>> GetLatestMessagesAsync(
        int count = 100,
        CancellationToken cancellationToken = default
    ) => messages.LatestAsync(count, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PendingMessage>> GetPendingAsync(
        string group,
        PendingFilter? filter = null,
        MessagePosition? after = null,
        int count = 100,
        CancellationToken cancellationToken = default
    ) => pending.PageAsync(group, filter, after, count, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<DeadLetterEntry>> GetDeadLettersAsync(
        MessagePosition? after = null,
        int count = 100,
        CancellationToken cancellationToken = default
    ) => deadLetters.PageAsync(after, count, cancellationToken);

    /// <inheritdoc/>
    public Task<RedriveResult> RedriveAsync(
        IReadOnlyCollection<MessagePosition> positions,
        CancellationToken cancellationToken = default
    ) => redriver.RedriveAsync(positions, cancellationToken);

    /// <inheritdoc/>
    public Task<RedriveResult> RedriveAllAsync(
        DeadLetterFilter? filter = null,
        int limit = 1000,
        CancellationToken cancellationToken = default
    ) => redriver.RedriveAllAsync(filter, limit, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> DropDeadLetterAsync(MessagePosition position, CancellationToken cancellationToken = default) =>
        redriver.DropAsync(position, cancellationToken);

    /// <inheritdoc/>
    public Task<ReplayResult> ReplayAsync(
        string group,
        MessagePosition from,
        CancellationToken cancellationToken = default
    ) => replay.ReplayAsync(group, from, cancellationToken);

    /// <inheritdoc/>
    public Task<ReplayResult> ReplayAsync(
        string group,
        DateTimeOffset from,
        CancellationToken cancellationToken = default
    ) => replay.ReplayAsync(group, from, cancellationToken);

    /// <inheritdoc/>
    public Task<GroupPause> PauseAsync(string group, string reason, CancellationToken cancellationToken = default) =>
        pauses.PauseAsync(group, reason, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> ResumeAsync(string group, CancellationToken cancellationToken = default) =>
        pauses.ResumeAsync(group, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> RemoveConsumerAsync(
        string group,
        string consumer,
        CancellationToken cancellationToken = default
    ) => consumers.RemoveAsync(group, consumer, cancellationToken);

    /// <inheritdoc/>
    public Task<ClaimResult> ClaimStaleAsync(
        string group,
        TimeSpan minIdle,
        CancellationToken cancellationToken = default
    ) => consumers.ReleaseStaleAsync(group, minIdle, cancellationToken);

    /// <inheritdoc/>
    public Task<DroppedBacklog> DropBacklogAsync(string group, CancellationToken cancellationToken = default) =>
        backlog.DropAsync(group, cancellationToken);

    /// <inheritdoc/>
    public Task<RetiredGroup> RetireGroupAsync(string group, CancellationToken cancellationToken = default) =>
        retirement.RetireAsync(group, cancellationToken);
}
