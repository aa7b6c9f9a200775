namespace RedisFlow.AspNetCore.Requests;

/// <summary>
/// The bounds on time and size, in one place since they depend on each other: a cache's wait for Redis (0.5 s) and a
/// call to another service, with a second attempt, fit into a request, and callers have their answer within 5 s. What
/// is between <see cref="Request"/> and those 5 s is for what no timer of the request covers: accepting it and writing
/// the answer. The first request of a process also waits until that code is compiled, up to 2 s on a machine without an
/// idle core, so it should be a health probe. A request that demands a position may wait for it first, see
/// <see cref="Positions.PositionOptions.MaxWait"/>: that comes on top. A stopping host gives requests less time than
/// orchestrators give the host.
/// </summary>
public static class RequestLimits
{
    /// <summary>
    /// The longest a request may take; then it is cancelled and answered with 503. Nothing answers over the head of a
    /// running handler, since its <c>HttpContext</c> is not thread-safe: whatever a handler awaits has to observe the
    /// request's token.
    /// </summary>
    public static TimeSpan Request { get; } = TimeSpan.FromSeconds(3.5);

    /// <summary>
    /// The longest an operator's request may take that goes through a stream page by page. Its caller waits for it as
    /// long; no other request does.
    /// </summary>
    public static TimeSpan AdminOperation { get; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The longest a call to another service may take until the answer begins, with all its attempts.
    /// </summary>
    public static TimeSpan UpstreamTotal { get; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The longest one attempt of a call to another service may take: two of them, and the delay between, are the
    /// total.
    /// </summary>
    public static TimeSpan UpstreamAttempt { get; } = TimeSpan.FromSeconds(0.9);

    /// <summary>
    /// How long a stopping host waits for what runs. DCP and Kubernetes-like orchestrators kill after 6 s or more.
    /// </summary>
    public static TimeSpan Shutdown { get; } = TimeSpan.FromSeconds(4);

    /// <summary>The largest request body, in bytes, of endpoints without a limit of their own: 64 KB.</summary>
    public const long BodyBytes = 64 * 1024;
}
