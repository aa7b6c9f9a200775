using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Caching;

namespace RedisFlow.AspNetCore.OutputCaching;

/// <summary>
/// Keeps ASP.NET Core's output cache in the <see cref="StreamHybridCache"/>: pages are dropped by the stream, by their
/// tags, at all instances. Storing a page announces nothing, and a page whose render an invalidation overtook is not
/// stored.
/// </summary>
/// <remarks>
/// A page is as of the moment when its request reached the output cache: what earlier middleware has read may be older,
/// and a request that waits for a position does so before. Pages live under the prefix <c>output:</c>, for policies and
/// for
/// <see cref="StreamHybridCache.RemoveByPrefixAsync"/>, with a digest in place of ASP.NET Core's keys, which have
/// control characters. Outside of a request nothing is stored, since it is unknown when the render began.
/// </remarks>
public sealed class StreamOutputCacheStore : IOutputCacheBufferStore
{
    private const string Prefix = "output:";
    private static readonly HybridCacheEntryOptions ReadOnly = new()
    {
        Flags = HybridCacheEntryFlags.DisableUnderlyingData,
    };

    private readonly StreamHybridCache _cache;
    private readonly IHttpContextAccessor _requests;

    /// <summary>A store; <see cref="StreamOutputCacheExtensions.AddStreamOutputCache"/> registers one.</summary>
    internal StreamOutputCacheStore(StreamHybridCache cache, IHttpContextAccessor requests)
    {
        _cache = cache;
        _requests = requests;
    }

    /// <inheritdoc/>
    public async ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken) =>
        await _cache
            .GetOrCreateAsync<byte[]?>(Digest(key), static _ => default, ReadOnly, cancellationToken: cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<bool> TryGetAsync(string key, PipeWriter destination, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(destination);
        if (await GetAsync(key, cancellationToken).ConfigureAwait(false) is not { } page)
        {
            return false;
        }

        await destination.WriteAsync(page, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask SetAsync(
        string key,
        byte[] value,
        string[]? tags,
        TimeSpan validFor,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(value);
        if (_requests.HttpContext?.Features.Get<FillTicketFeature>() is { } render)
        {
            await _cache
                .StoreLoadedAsync(
                    Digest(key),
                    value,
                    render.Ticket,
                    new HybridCacheEntryOptions { Expiration = validFor },
                    tags ?? []
                )
                .ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask SetAsync(
        string key,
        ReadOnlySequence<byte> value,
        ReadOnlyMemory<string> tags,
        TimeSpan validFor,
        CancellationToken cancellationToken
    ) =>
        // Copied: the caller's buffers go back to their pool, and the page stays.
        SetAsync(key, value.ToArray(), tags.ToArray(), validFor, cancellationToken);

    /// <summary>Drops the pages with the tag at all instances of the service.</summary>
    /// <inheritdoc/>
    public ValueTask EvictByTagAsync(string tag, CancellationToken cancellationToken) =>
        _cache.RemoveByTagAsync(tag, cancellationToken);

    /// <summary>The key in the cache: of the page, whatever the position at which it is asked for.</summary>
    internal static string Digest(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Prefix
            + Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(LoadTicketPolicy.PageKeyOf(key))));
    }
}
