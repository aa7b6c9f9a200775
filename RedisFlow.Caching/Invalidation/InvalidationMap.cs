using Google.Protobuf;
using RedisFlow.Domain.Messages;

namespace RedisFlow.Caching;

/// <summary>Which events make which entries stale; filled at registration, read-only afterwards.</summary>
internal sealed class InvalidationMap
{
    private readonly Dictionary<Type, List<Func<IMessage, CacheInvalidation>>> _maps = [];

    public void Add<TPayload>(Func<TPayload, CacheInvalidation> map)
        where TPayload : IMessage<TPayload>
    {
        if (!_maps.TryGetValue(typeof(TPayload), out var list))
        {
            _maps[typeof(TPayload)] = list = [];
        }

        list.Add(payload => map((TPayload)payload));
    }

    /// <summary>What a payload makes stale; empty where it concerns no entry.</summary>
    public IEnumerable<CacheInvalidation> Resolve(IMessage payload)
    {
        if (payload is CacheInvalidation invalidation)
        {
            yield return invalidation;
        }

        if (_maps.TryGetValue(payload.GetType(), out var list))
        {
            foreach (var map in list)
            {
                yield return map(payload);
            }
        }
    }
}
