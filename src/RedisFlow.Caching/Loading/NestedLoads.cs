namespace RedisFlow.Caching.Loading;

/// <summary>
/// Which loads wait for which, since a factory may read other keys. A load that would wait for itself, at once, through
/// other keys or through other callers' loads, would never end: the read that closes the ring fails instead. Reads
/// outside of a factory, and hits, have no part in it.
/// </summary>
internal static class NestedLoads
{
    private static readonly AsyncLocal<SharedLoad?> Running = new();

    // Of all caches of the process: a ring can go through several. Nested loads are few, and what is done under it is
    // short.
    private static readonly Lock Gate = new();

    /// <summary>From here on, the flow is that of the load's factory.</summary>
    public static void Enter(SharedLoad load) => Running.Value = load;

    /// <summary>A wait of the current flow for a load.</summary>
    internal readonly struct Wait(SharedLoad awaited) : IDisposable
    {
        // What a factory leaves running when it ends, nothing waits for.
        private readonly SharedLoad? _waiting = Running.Value is { HasEnded: false } running ? running : null;

        /// <exception cref="InvalidOperationException">The load waits for the one whose factory this is.</exception>
        public void Begin()
        {
            if (_waiting is null)
            {
                return;
            }

            lock (Gate)
            {
                if (PathTo(_waiting, awaited) is { } path)
                {
                    throw new InvalidOperationException(
                        $"The factory of '{_waiting.Key}' waits for itself and would never end: '{_waiting.Key}' → "
                            + $"{path}. "
                            + "A factory reads what its value is made of, and neither its own key nor one that needs "
                            + "it."
                    );
                }

                (_waiting.WaitsFor ??= []).Add(awaited);
            }
        }

        public void Dispose()
        {
            if (_waiting is null)
            {
                return;
            }

            lock (Gate)
            {
                _waiting.WaitsFor?.Remove(awaited);
            }
        }

        // There are no rings among the waits that were let through, so this ends.
        private static string? PathTo(SharedLoad target, SharedLoad from)
        {
            if (ReferenceEquals(from, target))
            {
                return $"'{from.Key}'";
            }

            return
                from.WaitsFor?.Select(next => PathTo(target, next)).FirstOrDefault(path => path is not null) is { } rest
                ? $"'{from.Key}' → {rest}"
                : null;
        }
    }
}
