namespace RedisFlow.Streams;

/// <summary>
/// A handler throws it where a part of what it depends on is down, such as one master of a cluster: the message waits
/// and is tried again, without the cost of an attempt, and messages that need other parts are handled meanwhile. Any
/// other fault of the infrastructure counts for the circuit of the whole group.
/// </summary>
/// <remarks>
/// Messages that wait count for <see cref="StreamOptions.Prefetch"/>: where that many need the part that is down, the
/// group waits for it.
/// </remarks>
public class StreamPartialFaultException : Exception
{
    /// <summary>A fault with a standard text.</summary>
    public StreamPartialFaultException()
        : base("A part of what the handler depends on is down.") { }

    /// <summary>A fault.</summary>
    /// <param name="message">What is down.</param>
    public StreamPartialFaultException(string message)
        : base(message) { }

    /// <summary>A fault with its cause.</summary>
    /// <param name="message">What is down.</param>
    /// <param name="innerException">The cause.</param>
    public StreamPartialFaultException(string message, Exception? innerException)
        : base(message, innerException) { }
}
