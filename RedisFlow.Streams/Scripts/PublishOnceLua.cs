using System.Globalization;
using RedisFlow.Streams.Features;

namespace RedisFlow.Streams.Scripts;

/// <summary>
/// The part that scripts share which publish a message with an id at most once. They choose on the server, in the moment in which they run, between
/// the two ways to remember ids: a client may not yet know that another server has taken over.
/// </summary>
internal static class PublishOnceLua
{
    /// <summary>The most ids that a stream can be told to remember of one producer.</summary>
    public const int MaxIdsPerProducer = 10_000;

    /// <summary>
    /// How many digits of the hash of an id name its producer: 4, for 65,536 producers. The same id has the same producer, whoever publishes it, and all
    /// together remember up to 655 million ids: more than the memory of a server holds, so the limit of a single producer is never reached.
    /// </summary>
    public const int ProducerDigits = 4;

    /// <summary>
    /// <c>prepare(stream, milliseconds)</c> makes the stream remember ids for at least that long. The setting is only ever raised: with every change the
    /// stream forgets what it remembers, so instances with different settings must not change it in turn.
    /// <c>publish_once(stream, mark, id_key, id, milliseconds, data)</c> returns the position of the message with the id, new or from before.
    /// What a former server remembered as keys still counts.
    /// </summary>
    public static string Functions { get; } = string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        local native = (redis.REDIS_VERSION_NUM or 0) >= {{Number(ServerFeatures.IdempotentAddSince)}}
        local function prepare(stream, milliseconds)
          if not native then return end
          if redis.call('EXISTS', stream) == 0 then
            redis.call('XGROUP', 'CREATE', stream, 'prepare', '0', 'MKSTREAM')
            redis.call('XGROUP', 'DESTROY', stream, 'prepare')
          end
          local wanted = math.ceil(tonumber(milliseconds) / 1000)
          local duration, most = 0, 0
          local info = redis.call('XINFO', 'STREAM', stream)
          for i = 1, #info, 2 do
            if info[i] == 'idmp-duration' then duration = tonumber(info[i + 1]) end
            if info[i] == 'idmp-maxsize' then most = tonumber(info[i + 1]) end
          end
          if duration < wanted or most < {{MaxIdsPerProducer}} then
            redis.call('XCFGSET', stream, 'IDMP-DURATION', math.max(duration, wanted), 'IDMP-MAXSIZE', {{MaxIdsPerProducer}})
          end
        end
        local function publish_once(stream, mark, id_key, id, milliseconds, data)
          local known = redis.call('GET', id_key)
          if known then return known end
          if native then
            return redis.call('XADD', stream, 'IDMP', string.sub(redis.sha1hex(id), 1, {{ProducerDigits}}), id, '*', 'data', data)
          end
          local position = redis.call('XADD', stream, '*', 'data', data)
          redis.call('SET', id_key, position, 'PX', milliseconds)
          redis.call('SET', mark, position, 'PX', milliseconds)
          return position
        end

        """);

    private static int Number(Version version) => (version.Major << 16) + (version.Minor << 8) + version.Build;
}
