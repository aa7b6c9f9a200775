namespace RedisFlow.Streams;

/// <summary>
/// A Lua script that adds one message to the stream and changes other keys in the same step. An
/// <see cref="IStreamPublisher"/> runs it.
/// </summary>
public sealed class PublishingScript
{
    private static readonly string Prelude = LuaResource.LoadInclude("publish");

    /// <summary>Creates the script. Nothing is sent before it runs.</summary>
    /// <param name="lua">
    /// The script. KEYS[1] is the stream; the caller's keys begin with KEYS[2], and its arguments with ARGV[2].
    /// <c>publish()</c> adds the message and returns its id. The script calls it once, and returns <c>{id, result}</c>.
    /// </param>
    public PublishingScript(string lua)
    {
        ArgumentException.ThrowIfNullOrEmpty(lua);
        Script = new RedisScript(Prelude + lua);
    }

    /// <summary>Gets the whole script. ARGV[1] is the envelope.</summary>
    internal RedisScript Script { get; }
}
