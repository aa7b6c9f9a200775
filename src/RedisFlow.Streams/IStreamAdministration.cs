namespace RedisFlow.Streams;

/// <summary>
/// What operators do to a stream and its groups. Every operation is safe while publishers, workers and other operators
/// go on, and is logged. A keyed service under the stream's key, as <see cref="IStreamMonitor"/> is. Faults of Redis
/// reach the caller; each operation says whether it may be repeated.
/// </summary>
public interface IStreamAdministration
{
    /// <summary>
    /// Removes now what every declared and every existing group has settled and what is older than
    /// <see cref="StreamOptions.Retention"/> by the server's clock; instances that consume do so each
    /// <see cref="StreamOptions.TrimInterval"/>. May be repeated.
    /// </summary>
    /// <returns>How many entries were removed, and what holds the rest.</returns>
    Task<TrimResult> TrimAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Reads messages of the stream, oldest first, as consumers would decode them; no group is concerned.
    /// </summary>
    /// <param name="after">The last message of the page before; <c>null</c> for the first page.</param>
    /// <param name="count">How many at most; 1 to 1000.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is out of its range.</exception>
    Task<IReadOnlyList<StoredMessage>> GetMessagesAsync(
        MessagePosition? after = null,
        int count = 100,
        CancellationToken cancellationToken = default
    );

    /// <summary>Reads the stream's last messages, oldest first; see <see cref="GetMessagesAsync"/>.</summary>
    /// <param name="count">How many at most; 1 to 1000.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is out of its range.</exception>
    Task<IReadOnlyList<StoredMessage>> GetLatestMessagesAsync(
        int count = 100,
        CancellationToken cancellationToken = default
    );

    /// <summary>
    /// Reads what a group was given and has not acknowledged, oldest first. Leases and delivery counts stay as they
    /// are.
    /// </summary>
    /// <param name="group">The group.</param>
    /// <param name="filter">Which messages; <c>null</c>: all.</param>
    /// <param name="after">
    /// The last message of the page before; <c>null</c> for the first page. It need not be pending any more: what is
    /// acknowledged between two pages makes none of the others be skipped or come twice.
    /// </param>
    /// <param name="count">How many at most; 1 to 1000.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ConsumerGroupNotFoundException">The stream has no such group.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The count is out of its range, or the filter's time is
    /// negative.</exception>
    Task<IReadOnlyList<PendingMessage>> GetPendingAsync(
        string group,
        PendingFilter? filter = null,
        MessagePosition? after = null,
        int count = 100,
        CancellationToken cancellationToken = default
    );

    /// <summary>Reads dead letters, oldest first.</summary>
    /// <param name="after">The last dead letter of the page before; <c>null</c> for the first page.</param>
    /// <param name="count">How many at most; 1 to 1000.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is out of its range.</exception>
    Task<IReadOnlyList<DeadLetterEntry>> GetDeadLettersAsync(
        MessagePosition? after = null,
        int count = 100,
        CancellationToken cancellationToken = default
    );

    /// <summary>
    /// Publishes dead letters again, each with its message id and for the group that gave it up: other groups
    /// acknowledge it unhandled. What cannot be read as an envelope is published as it was, to all groups, whose builds
    /// may read it by now. The letter leaves the dead-letter stream in the same step; redriven twice, even by two
    /// operators at once, it becomes one message. May be repeated.
    /// </summary>
    /// <param name="positions">Positions in the dead-letter stream, see <see cref="DeadLetterEntry.Position"/>.</param>
    /// <param name="cancellationToken">Ends the work between two letters.</param>
    Task<RedriveResult> RedriveAsync(
        IReadOnlyCollection<MessagePosition> positions,
        CancellationToken cancellationToken = default
    );

    /// <summary>
    /// Redrives the dead letters that are there now, oldest first; see <see cref="RedriveAsync"/>. May be repeated.
    /// </summary>
    /// <param name="filter">Which of them; <c>null</c>: all.</param>
    /// <param name="limit">How many at most; 1 to 1,000,000.</param>
    /// <param name="cancellationToken">Ends the work between two letters.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is out of its range.</exception>
    Task<RedriveResult> RedriveAllAsync(
        DeadLetterFilter? filter = null,
        int limit = 1000,
        CancellationToken cancellationToken = default
    );

    /// <summary>Removes a dead letter for good.</summary>
    /// <returns>Whether it was there.</returns>
    Task<bool> DropDeadLetterAsync(MessagePosition position, CancellationToken cancellationToken = default);

    /// <summary>
    /// Delivers to a group again everything from a position on, the entry at it included. What the group has pending
    /// meanwhile stays with its workers, until the replay reaches it. Handlers see each of these messages once more.
    /// May be repeated.
    /// </summary>
    /// <param name="group">The group.</param>
    /// <param name="from">The first position to deliver again.</param>
    /// <param name="cancellationToken">Ends the work; then either all or nothing has happened.</param>
    /// <exception cref="ConsumerGroupNotFoundException">The stream has no such group.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The position is beyond the stream's end.</exception>
    /// <exception cref="InvalidOperationException">The stream was trimmed at each of several attempts to count what is
    /// to be delivered.</exception>
    Task<ReplayResult> ReplayAsync(string group, MessagePosition from, CancellationToken cancellationToken = default);

    /// <summary>
    /// Delivers to a group again everything from a time on, by the server's clock; see
    /// <see cref="ReplayAsync(string, MessagePosition, CancellationToken)"/>.
    /// </summary>
    /// <param name="group">The group.</param>
    /// <param name="from">The time; parts of milliseconds do not count.</param>
    /// <param name="cancellationToken">Ends the work; then either all or nothing has happened.</param>
    /// <exception cref="ConsumerGroupNotFoundException">The stream has no such group.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time is before 1970, or later than the stream's last
    /// entry.</exception>
    /// <exception cref="InvalidOperationException">As there.</exception>
    Task<ReplayResult> ReplayAsync(string group, DateTimeOffset from, CancellationToken cancellationToken = default);

    /// <summary>
    /// Lets the group's workers begin no further messages, on all instances, until <see cref="ResumeAsync"/>. Paused
    /// again, the new reason holds.
    /// </summary>
    /// <param name="group">The group.</param>
    /// <param name="reason">Why, for people; 1 to 500 characters.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The pause, since the first call.</returns>
    /// <exception cref="ArgumentException">There is no reason, or one too long.</exception>
    /// <exception cref="ConsumerGroupNotFoundException">The group is neither declared nor existing.</exception>
    Task<GroupPause> PauseAsync(string group, string reason, CancellationToken cancellationToken = default);

    /// <summary>Lets the group's workers go on.</summary>
    /// <returns>Whether the group was paused.</returns>
    Task<bool> ResumeAsync(string group, CancellationToken cancellationToken = default);

    /// <summary>
    /// Removes a consumer from its group, where it holds nothing. One that lives comes back with its next message;
    /// instances remove by themselves those without a sign of life for
    /// <see cref="StreamOptions.IdleConsumerRetention"/>.
    /// </summary>
    /// <returns>Whether it was there.</returns>
    /// <exception cref="ConsumerGroupNotFoundException">The stream has no such group.</exception>
    /// <exception cref="InvalidOperationException">The consumer has pending entries, which would be lost.</exception>
    Task<bool> RemoveConsumerAsync(string group, string consumer, CancellationToken cancellationToken = default);

    /// <summary>
    /// Makes pending entries that no consumer has renewed for some time available at once, as if their leases were
    /// over: the workers' next look for such entries, at most half a lease away, takes them over. Attempts are not
    /// counted by this. May be repeated.
    /// </summary>
    /// <param name="group">The group.</param>
    /// <param name="minIdle">
    /// How long an entry must have been idle. Live workers renew theirs each third of a lease; with less than that,
    /// messages that are being handled may be handled twice at the same time.
    /// </param>
    /// <param name="cancellationToken">Ends the work between two pages.</param>
    /// <returns>How many messages are available by this.</returns>
    /// <exception cref="ConsumerGroupNotFoundException">The stream has no such group.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    Task<ClaimResult> ClaimStaleAsync(string group, TimeSpan minIdle, CancellationToken cancellationToken = default);

    /// <summary>
    /// Gives up, for one group, everything that is in the stream now, delivered or not: THE GROUP NEVER HANDLES IT. For
    /// a group that stands still and keeps the stream from being trimmed. Handlers that run go on to their end.
    /// </summary>
    /// <exception cref="ConsumerGroupNotFoundException">The stream has no such group.</exception>
    Task<DroppedBacklog> DropBacklogAsync(string group, CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes a group away for good: IT NEVER HANDLES WHAT IS IN THE STREAM NOW, and no longer keeps the stream from
    /// being trimmed. For the group of a service that was given up: stop the service, and take the group out of
    /// <see cref="StreamOptions.Groups"/> of all applications first. An application that still declares it recreates it
    /// at the next start, and the group then receives everything that the stream has. Its dead letters stay.
    /// </summary>
    /// <param name="group">The group.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ConsumerGroupNotFoundException">The group is neither declared nor existing.</exception>
    /// <exception cref="InvalidOperationException">One of its consumers gave a sign of life within
    /// <see cref="StreamOptions.LeaseDuration"/>; nothing was changed.</exception>
    Task<RetiredGroup> RetireGroupAsync(string group, CancellationToken cancellationToken = default);
}
