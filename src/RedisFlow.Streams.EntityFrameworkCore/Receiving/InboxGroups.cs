using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace RedisFlow.Streams.EntityFrameworkCore.Receiving;

/// <summary>A group that handles its messages in transactions of a context.</summary>
internal abstract record InboxGroup(Type Context, string StreamKey, string Group);

/// <inheritdoc/>
/// <param name="StreamKey">The key of its stream within the application.</param>
/// <param name="Group">Its name.</param>
internal sealed record InboxGroup<TContext>(string StreamKey, string Group)
    : InboxGroup(typeof(TContext), StreamKey, Group)
    where TContext : DbContext;

/// <summary>All such groups.</summary>
internal sealed class InboxGroups<TContext>(
    IEnumerable<InboxGroup<TContext>> groups,
    IOptionsMonitor<StreamOptions> streams
)
    where TContext : DbContext
{
    private readonly Dictionary<string, string> _streams = groups.ToDictionary(
        group => group.Group,
        group => streams.Get(group.StreamKey).Name,
        StringComparer.Ordinal
    );

    /// <summary>The groups by the keys of their streams.</summary>
    public ILookup<string, string> ByStream { get; } = groups.ToLookup(group => group.StreamKey, group => group.Group);

    /// <summary>The name of the stream that a group consumes.</summary>
    public string StreamOf(string group) => _streams[group];
}
