namespace RedisFlow.Cli.CommandLine;

/// <summary>The command line or its input cannot be used; the message says what would be right.</summary>
internal sealed class UsageException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>There is no connection to Redis; the message says what was tried.</summary>
internal sealed class NoConnectionException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The operation failed or was declined; the message says why.</summary>
internal sealed class OperationFailedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// The reader of the results closed the pipe, as <c>head</c> does: the command is complete. Not an
/// <see cref="IOException"/>, after which commands that repeat would try again as after a fault of Redis.
/// </summary>
internal sealed class OutputClosedException(Exception inner) : Exception("The output was closed.", inner);
