using Google.Protobuf;

namespace RedisFlow.Caching.Invalidating;

/// <summary>Which events make which entries stale; filled at registration, read-only afterwards.</summary>
internal sealed class InvalidationMap
{
    private readonly Dictionary<Type, List<Func<IMessage, CacheInvalidation>>> _maps = [];
    private readonly List<Func<string, CacheInvalidation>> _unknown = [];

    public void Add<TPayload>(Func<TPayload, CacheInvalidation> map)
        where TPayload : IMessage<TPayload>
    {
        if (!_maps.TryGetValue(typeof(TPayload), out var list))
        {
            _maps[typeof(TPayload)] = list = [];
        }

        list.Add(payload => map((TPayload)payload));
    }

    public void AddUnknown(Func<string, CacheInvalidation> map) => _unknown.Add(map);

    /// <summary>
    /// What a message of an unknown type makes stale: everything, unless the service has said what belongs to its
    /// subject.
    /// </summary>
    public IEnumerable<CacheInvalidation> ResolveUnknown(string subject) =>
        subject.Length == 0 || _unknown.Count == 0 ? [Invalidation.Everything] : _unknown.Select(map => map(subject));

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
