using RedisFlow.Streams;

namespace RedisFlow.PubSub.Publishing;

/// <summary>
/// The scripts that announce. The header of each file says what its script takes and returns, why a retry is safe, and
/// which race it settles.
/// </summary>
internal static class PubSubScripts
{
    /// <summary>Announces entries that are in the stream.</summary>
    public static RedisScript Announce { get; } = new(Load("announce"));

    /// <summary>Adds a message, and announces it in the same step.</summary>
    public static PublishingScript PublishAnnounced { get; } = new(Load("publish_announced"));

    private static string Load(string name) => LuaResource.Load(typeof(PubSubScripts).Assembly, name);
}
