namespace RedisFlow.Streams.Scripts;

/// <summary>The first item of what <see cref="StreamScripts.HoldName"/> returns.</summary>
internal static class NameReply
{
    /// <summary>The worker stands by: another one has the name.</summary>
    public const int IsHeldByAnother = 0;

    /// <summary>The worker has the name since now.</summary>
    public const int WasTaken = 1;

    /// <summary>The worker has the name, as before.</summary>
    public const int WasKept = 2;
}
