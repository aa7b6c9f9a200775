using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.OutputCaching;
using RedisFlow.Caching;
using RedisFlow.Caching.Invalidating;

namespace RedisFlow.AspNetCore.OutputCaching;

/// <summary>
/// Gives each request its ticket before its page is looked up or rendered. The store could take one at the miss, but it
/// sees keys only, not requests: of two renders of one page, the older could then be stored with the ticket of the
/// younger.
/// </summary>
/// <remarks>
/// Requests of one page wait for each other's render where a policy allows locking, which is the default. One that
/// comes after an invalidation must not be given a render that began before it, so the ticket is a part of the key by
/// which the middleware joins them. The store takes it out again, see <see cref="PageKeyOf"/>: pages themselves are
/// found at every position, and judged by the cache.
/// </remarks>
internal sealed partial class LoadTicketPolicy(StreamHybridCache cache) : IOutputCachePolicy
{
    internal const string Mark = "RedisFlow-Ticket";
    private long _unjoined;

    public ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        var ticket = cache.BeginFill();
        if (ticket is { } begun)
        {
            context.HttpContext.Features.Set(new FillTicketFeature(begun));
        }

        // Without a ticket it is unknown what a render may have missed: then every request has its own.
        context.CacheVaryByRules.VaryByValues[Mark] = ticket is { } known
            ? string.Create(CultureInfo.InvariantCulture, $"{known.Generation}/{known.AsOf}")
            : string.Create(CultureInfo.InvariantCulture, $"alone/{Interlocked.Increment(ref _unjoined)}");
        return ValueTask.CompletedTask;
    }

    public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation) =>
        ValueTask.CompletedTask;

    public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation) =>
        ValueTask.CompletedTask;

    /// <summary>
    /// The key without the ticket. ASP.NET Core separates the parts of a key by U+001E, and caches no request that has
    /// one.
    /// </summary>
    internal static string PageKeyOf(string key) => Ticket.Replace(key, string.Empty);

    [GeneratedRegex($"\u001E{Mark}=[^\u001E]*", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Ticket { get; }
}

/// <summary>The ticket of a request.</summary>
internal sealed record FillTicketFeature(LoadTicket Ticket);
