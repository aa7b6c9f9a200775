namespace RedisFlow.Streams.Scripts;

/// <summary>
/// The scripts of the engine. The header of each file says what its script takes and returns, why a retry is safe, and
/// which race it settles.
/// </summary>
internal static class StreamScripts
{
    /// <summary>Removes a delayed message before it is published.</summary>
    public static RedisScript CancelDelayed { get; } = Load("cancel_delayed");

    /// <summary>Moves a pending entry to the dead-letter stream.</summary>
    public static RedisScript DeadLetter { get; } = Load("dead_letter");

    /// <summary>Creates a consumer group, and the stream if need be, and registers the group as declared.</summary>
    public static RedisScript DeclareGroup { get; } = Load("declare_group");

    /// <summary>Lets a group go on at the stream's end, with nothing pending.</summary>
    public static RedisScript DropBacklog { get; } = Load("drop_backlog");

    /// <summary>Asks the server what it is and whether it knows some commands.</summary>
    public static RedisScript Features { get; } = Load("features");

    /// <summary>Forgets that messages had left for which others of their subject waited.</summary>
    public static RedisScript ForgetLeft { get; } = Load("forget_left");

    /// <summary>Takes or keeps a consumer's name for one worker, which thereby gives a sign of life.</summary>
    public static RedisScript HoldName { get; } = Load("hold_name");

    /// <summary>Takes, keeps or gives up the lease of the worker that takes parked messages back.</summary>
    public static RedisScript HoldParked { get; } = Load("hold_parked");

    /// <summary>Tells what a group has parked, in few words.</summary>
    public static RedisScript LookParked { get; } = Load("look_parked");

    /// <summary>Publishes the delayed messages that are due, in the order in which they are.</summary>
    public static RedisScript MoveDue { get; } = Load("move_due");

    /// <summary>Lists parked messages without their data.</summary>
    public static RedisScript PageParked { get; } = Load("page_parked");

    /// <summary>Moves a pending entry to what its group has parked.</summary>
    public static RedisScript Park { get; } = Load("park");

    /// <summary>Pauses a group.</summary>
    public static RedisScript Pause { get; } = Load("pause");

    /// <summary>Makes a stream remember the ids of its messages, where the server can do that.</summary>
    public static RedisScript PrepareIdempotency { get; } = Load("prepare_idempotency");

    /// <summary>Publishes messages in their order, those with an id given by the publisher at most once.</summary>
    public static RedisScript Publish { get; } = Load("publish");

    /// <summary>Moves dead letters back to the stream.</summary>
    public static RedisScript Redrive { get; } = Load("redrive");

    /// <summary>Gives a consumer's name up.</summary>
    public static RedisScript ReleaseName { get; } = Load("release_name");

    /// <summary>Makes pending entries available to every worker at once, as if their leases were over.</summary>
    public static RedisScript ReleaseStale { get; } = Load("release_stale");

    /// <summary>Removes a consumer that holds nothing.</summary>
    public static RedisScript RemoveConsumer { get; } = Load("remove_consumer");

    /// <summary>Removes the consumers that hold nothing and have given no sign of life for long.</summary>
    public static RedisScript RemoveIdleConsumers { get; } = Load("remove_idle_consumers");

    /// <summary>Renews the lease of entries that a consumer holds.</summary>
    public static RedisScript RenewLease { get; } = Load("renew_lease");

    /// <summary>Counts a page of the entries that a replay would deliver.</summary>
    public static RedisScript ReplayRange { get; } = Load("replay_range");

    /// <summary>Deletes a group permanently.</summary>
    public static RedisScript RetireGroup { get; } = Load("retire_group");

    /// <summary>Keeps a message until it is due, or publishes it at once if it is.</summary>
    public static RedisScript Schedule { get; } = Load("schedule");

    /// <summary>Sets a group back, so that it receives again what it received before.</summary>
    public static RedisScript SetPosition { get; } = Load("set_position");

    /// <summary>Reads everything that monitoring shows about a stream.</summary>
    public static RedisScript Snapshot { get; } = Load("snapshot");

    /// <summary>Reads how far a stream is, and how far one of its groups has settled it, at one moment.</summary>
    public static RedisScript StreamState { get; } = Load("stream_state");

    /// <summary>Takes parked messages back, to handle them.</summary>
    public static RedisScript TakeParked { get; } = Load("take_parked");

    /// <summary>Reads entries that this consumer owns in the pending list, to handle them (again).</summary>
    public static RedisScript TakePending { get; } = Load("take_pending");

    /// <summary>Removes what every group has settled and what is old enough.</summary>
    public static RedisScript Trim { get; } = Load("trim");

    /// <summary>Settles parked messages that were taken back and handled.</summary>
    public static RedisScript Unpark { get; } = Load("unpark");

    private static RedisScript Load(string name) => new(LuaResource.Load(typeof(StreamScripts).Assembly, name));
}
