using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace RedisFlow.Caching.Telemetry;

/// <summary>
/// Lets one line through per key. It remembers 10,000 keys; for those that come then, one line per interval.
/// </summary>
internal sealed class LogOncePerKey(TimeProvider time)
{
    internal const int MaxKeys = 10_000;

    // Hashes: keys may be long. Of two keys with the same one, which is as good as impossible, only the first is
    // logged.
    private readonly HashSet<ulong> _logged = [];
    private readonly Lock _gate = new();
    private readonly LogThrottle _rest = new(time);

    public bool MayLog(string key)
    {
        var hash = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(key.AsSpan()));
        lock (_gate)
        {
            if (_logged.Count < MaxKeys)
            {
                return _logged.Add(hash);
            }

            if (_logged.Contains(hash))
            {
                return false;
            }
        }

        return _rest.MayLog();
    }
}
