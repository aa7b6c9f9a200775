using System.Globalization;
using RedisFlow.Streams.Servers;

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
    /// How many digits of the hash of an id name its producer: 2, for 256 producers. The same id has the same producer, whoever publishes it, and all together
    /// remember 2.56 million ids. Not more of them, since XINFO STREAM goes through all: 65,536 producers make it take 12 ms.
    /// </summary>
    public const int ProducerDigits = 2;

    /// <summary>How many ids the stream remembers when they are remembered as keys too: half of what all producers can hold.</summary>
    public const int Crowded = MaxIdsPerProducer << (4 * ProducerDigits - 1);

    /// <summary>
    /// <c>prepare(stream, mark, milliseconds)</c> makes the stream remember ids for at least that long. The setting is only ever raised: with every change the
    /// stream forgets what it remembers, so instances with different settings must not change it in turn. A stream that remembers so many ids that it may soon
    /// forget the oldest ones gets the mark: as long as that exists, ids are remembered as keys too.
    /// <c>publish_once(stream, mark, id_key, id, milliseconds, data)</c> returns the position of the message with the id, new or from before.
    /// What is remembered as a key counts first, also from a former server.
    /// Messages that are announced are remembered as keys on every server: XADD IDMP does not tell a new entry from a known one, which must not be announced again.
    /// </summary>
    public static string Functions { get; } = AppendLua.Functions + string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        local native = channel == '' and (redis.REDIS_VERSION_NUM or 0) >= {{Number(ServerFeatures.IdempotentAddSince)}}
        local function prepare(stream, mark, milliseconds)
          if not native then return end
          if redis.call('EXISTS', stream) == 0 then
            redis.call('XGROUP', 'CREATE', stream, 'prepare', '0', 'MKSTREAM')
            redis.call('XGROUP', 'DESTROY', stream, 'prepare')
          end
          local wanted = math.ceil(tonumber(milliseconds) / 1000)
          local duration, most, tracked = 0, 0, 0
          local info = redis.call('XINFO', 'STREAM', stream)
          for i = 1, #info, 2 do
            if info[i] == 'idmp-duration' then duration = tonumber(info[i + 1]) end
            if info[i] == 'idmp-maxsize' then most = tonumber(info[i + 1]) end
            if info[i] == 'iids-tracked' then tracked = tonumber(info[i + 1]) end
          end
          if duration < wanted or most < {{MaxIdsPerProducer}} then
            redis.call('XCFGSET', stream, 'IDMP-DURATION', math.max(duration, wanted), 'IDMP-MAXSIZE', {{MaxIdsPerProducer}})
          end
          if tracked > {{Crowded}} then redis.call('SET', mark, tracked, 'PX', milliseconds) end
        end
        local marked
        local function publish_once(stream, mark, id_key, id, milliseconds, data)
          local known = redis.call('GET', id_key)
          if known then return known end
          if marked == nil then
            if not native then redis.call('SET', mark, id, 'PX', milliseconds) end
            marked = redis.call('EXISTS', mark) == 1
          end
          local position
          if native then
            position = redis.call('XADD', stream, 'IDMP', string.sub(redis.sha1hex(id), 1, {{ProducerDigits}}), id, '*', 'data', data)
          else
            position = append(stream, data)
          end
          if marked then redis.call('SET', id_key, position, 'PX', milliseconds) end
          return position
        end

        """);

    private static int Number(Version version) => (version.Major << 16) + (version.Minor << 8) + version.Build;
}
