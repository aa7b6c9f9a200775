namespace RedisFlow.Cli.CommandLine;

/// <summary>What the tool ends with.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>The operation failed, was declined, or <c>doctor</c> found something to repair.</summary>
    public const int Failed = 1;

    /// <summary>The command line or its input cannot be used, whatever the state of Redis is.</summary>
    public const int Usage = 2;

    /// <summary>No connection to Redis, or it was lost.</summary>
    public const int NoConnection = 3;

    /// <summary>Ended by Ctrl+C.</summary>
    public const int Interrupted = 130;

    /// <summary>Ended by SIGTERM.</summary>
    public const int Terminated = 143;
}
