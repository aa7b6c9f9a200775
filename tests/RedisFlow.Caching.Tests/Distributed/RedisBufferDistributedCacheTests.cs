using System.Buffers;
using System.Text;
using Microsoft.Extensions.Caching.Distributed;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Caching.Tests;

public sealed class RedisBufferDistributedCacheTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly RedisFixture _redis;
    private readonly string _service = ServiceNames.New();
    private readonly RedisBufferDistributedCache _cache;

    public RedisBufferDistributedCacheTests(RedisFixture redis)
    {
        _redis = redis;
        _cache = NewCache(redis.Connection);
    }

    /// <summary>The ways to read an entry: each prolongs it.</summary>
    public static TheoryData<string> Reads => ["Get", "GetAsync", "TryGet", "TryGetAsync"];

    /// <summary>The ways to use an entry, refreshing included.</summary>
    public static TheoryData<string> Uses => ["Get", "GetAsync", "TryGet", "TryGetAsync", "Refresh", "RefreshAsync"];

    public static TheoryData<string> Writes => ["Set", "SetAsync", "SetBuffer", "SetBufferAsync"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IDatabase Database => _redis.Connection.GetDatabase();

    private string StoredKey => $"{_service}/distributed:k";

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task What_is_stored_is_read_by_every_member(string write)
    {
        byte[] value = [0, 255, .. Encoding.UTF8.GetBytes("größe"), 0];
        await WriteAsync(write, value, new DistributedCacheEntryOptions());
        foreach (var read in Reads)
        {
            Assert.Equal(value, await UseAsync(read.Data));
        }

        await WriteAsync(write, [], new DistributedCacheEntryOptions());
        foreach (var read in Reads)
        {
            Assert.Equal(Array.Empty<byte>(), await UseAsync(read.Data));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_removed_is_gone_for_every_member(bool asynchronously)
    {
        await WriteAsync("Set", "v", new DistributedCacheEntryOptions());
        if (asynchronously)
        {
            await _cache.RemoveAsync("k", Cancellation);
        }
        else
        {
            await ElsewhereAsync(() => _cache.Remove("k"));
        }

        foreach (var use in Uses)
        {
            Assert.Null(await UseAsync(use.Data));
        }

        Assert.False(await Database.KeyExistsAsync(StoredKey));
    }

    [Theory]
    [MemberData(nameof(Uses))]
    public async Task Using_a_sliding_entry_prolongs_it(string use)
    {
        await WriteAsync("Set", "v", new DistributedCacheEntryOptions { SlidingExpiration = 10 * Minute });
        await AssertLivesAsync(9 * Minute, 10 * Minute);
        await AgeAsync();
        await UseAsync(use);
        await AssertLivesAsync(9 * Minute, 10 * Minute);
    }

    [Theory]
    [MemberData(nameof(Uses))]
    public async Task No_use_prolongs_a_sliding_entry_past_its_absolute_end(string use)
    {
        await WriteAsync(
            "Set", "v", new DistributedCacheEntryOptions { SlidingExpiration = 10 * Minute, AbsoluteExpirationRelativeToNow = 5 * Minute });
        await AssertLivesAsync(4 * Minute, 5 * Minute);
        await AgeAsync();
        await UseAsync(use);
        await AssertLivesAsync(4 * Minute, 5 * Minute);
    }

    [Theory]
    [MemberData(nameof(Uses))]
    public async Task Using_an_entry_with_an_absolute_end_changes_nothing(string use)
    {
        await WriteAsync("Set", "v", new DistributedCacheEntryOptions { AbsoluteExpiration = DateTimeOffset.UtcNow + (10 * Minute) });
        await AssertLivesAsync(9 * Minute, 10 * Minute);
        await AgeAsync();
        await UseAsync(use);
        await AssertLivesAsync(TimeSpan.Zero, 2 * Minute);
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task A_new_entry_keeps_nothing_of_the_old_ones_expiration(string write)
    {
        await WriteAsync(write, "v", new DistributedCacheEntryOptions { SlidingExpiration = 10 * Minute, AbsoluteExpirationRelativeToNow = 5 * Minute });
        await WriteAsync(write, "v", new DistributedCacheEntryOptions { SlidingExpiration = 10 * Minute });
        await AssertLivesAsync(9 * Minute, 10 * Minute);
        await WriteAsync(write, "v", new DistributedCacheEntryOptions());
        Assert.Null(await Database.KeyTimeToLiveAsync(StoredKey));
        await UseAsync("Get");
        Assert.Null(await Database.KeyTimeToLiveAsync(StoredKey));
    }

    [Fact]
    public async Task The_relative_end_wins_over_the_absolute_one_and_the_longest_times_are_possible()
    {
        await WriteAsync("Set", "v", new DistributedCacheEntryOptions
        {
            AbsoluteExpiration = DateTimeOffset.UtcNow + Minute,
            AbsoluteExpirationRelativeToNow = 10 * Minute,
        });
        await AssertLivesAsync(9 * Minute, 10 * Minute);

        await WriteAsync("Set", "v", new DistributedCacheEntryOptions { SlidingExpiration = TimeSpan.MaxValue, AbsoluteExpiration = DateTimeOffset.MaxValue });
        Assert.NotNull(await UseAsync("Get"));
        await AssertLivesAsync(TimeSpan.FromDays(365 * 7000), TimeSpan.FromDays(366 * 8000));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_entry_that_nobody_uses_ends(bool sliding)
    {
        var time = TimeSpan.FromMilliseconds(50);
        await WriteAsync("SetAsync", "v", sliding
            ? new DistributedCacheEntryOptions { SlidingExpiration = time }
            : new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = time });

        // Not through the cache: that would prolong it.
        await Eventually.Until(async () => !await Database.KeyExistsAsync(StoredKey), cancellationToken: Cancellation);
        Assert.Null(await UseAsync("GetAsync"));
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task An_absolute_end_that_is_not_in_the_future_is_refused(string write)
    {
        var past = DateTimeOffset.UtcNow - Minute;
        var failure = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => WriteAsync(write, "v", new DistributedCacheEntryOptions { AbsoluteExpiration = past, SlidingExpiration = Minute }));
        Assert.Equal(past, failure.ActualValue);
        Assert.False(await Database.KeyExistsAsync(StoredKey));
    }

    [Fact]
    public async Task Keys_and_values_that_cannot_be_are_refused_before_Redis_is_asked()
    {
        foreach (var key in new[] { "", " ", "a\u001Eb", new string('x', 1025) })
        {
            Assert.Throws<ArgumentException>(() => _cache.Get(key));
            await Assert.ThrowsAsync<ArgumentException>(() => _cache.GetAsync(key, Cancellation));
            await Assert.ThrowsAsync<ArgumentException>(() => _cache.SetAsync(key, [1], new DistributedCacheEntryOptions(), Cancellation));
            await Assert.ThrowsAsync<ArgumentException>(() => _cache.RefreshAsync(key, Cancellation));
            await Assert.ThrowsAsync<ArgumentException>(() => _cache.RemoveAsync(key, Cancellation));
        }

        Assert.Throws<ArgumentNullException>(() => _cache.Get(null!));
        Assert.Throws<ArgumentNullException>(() => _cache.Set("k", null!, new DistributedCacheEntryOptions()));
        Assert.Throws<ArgumentNullException>(() => _cache.Set("k", [1], null!));
        Assert.Throws<ArgumentNullException>(() => _cache.TryGet("k", null!));
    }

    [Fact]
    public async Task A_cancelled_caller_gets_nothing_and_stores_nothing()
    {
        var gone = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _cache.GetAsync("k", gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _cache.SetAsync("k", [1], new DistributedCacheEntryOptions(), gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _cache.RefreshAsync("k", gone));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _cache.RemoveAsync("k", gone));
        Assert.False(await Database.KeyExistsAsync(StoredKey));
    }

    [Fact]
    public async Task What_fails_fails_the_caller()
    {
        await using var server = await RedisServer.StartAsync(Cancellation);
        using var connection = await server.ConnectAsync(cancellationToken: Cancellation);
        var cache = NewCache(connection);
        await cache.SetAsync("k", [1], new DistributedCacheEntryOptions(), Cancellation);
        await server.KillAsync();
        foreach (var operation in new Func<Task>[]
        {
            () => cache.GetAsync("k", Cancellation),
            () => cache.SetAsync("k", [1], new DistributedCacheEntryOptions(), Cancellation),
            () => cache.RefreshAsync("k", Cancellation),
            () => cache.RemoveAsync("k", Cancellation),
            () => Task.Run(() => cache.Get("k"), Cancellation),
        })
        {
            var failure = await Assert.ThrowsAnyAsync<Exception>(() => operation().WaitAsync(Eventually.DefaultLimit, Cancellation));
            Assert.True(failure is RedisException or TimeoutException, failure.ToString());
        }
    }

    [Fact]
    public async Task The_scripts_survive_a_server_that_forgot_them()
    {
        await WriteAsync("Set", "v", new DistributedCacheEntryOptions());
        foreach (var use in (string[])["Get", "GetAsync"])
        {
            await Database.ExecuteAsync("SCRIPT", "FLUSH");
            Assert.NotNull(await UseAsync(use));
        }
    }

    [Fact]
    public async Task Caches_of_other_names_and_services_and_the_hybrid_cache_have_other_keys()
    {
        RedisBufferDistributedCache[] others =
        [
            NewCache(_redis.Connection, "drafts"), NewCache(_redis.Connection, "sessions"), NewCache(_redis.Connection, service: _service + "2"),
        ];
        await WriteAsync("Set", "v", new DistributedCacheEntryOptions());
        foreach (var other in others)
        {
            Assert.Null(await other.GetAsync("k", Cancellation));
            await other.RemoveAsync("k", Cancellation);
        }

        Assert.NotNull(await UseAsync("Get"));
        var layout = new Level2Keys(_service, "1");
        Assert.NotEqual(StoredKey, layout.Entry("k"));
        Assert.StartsWith(_service + ":", layout.Entry("/distributed:k"), StringComparison.Ordinal);
        Assert.StartsWith(_service + ":", layout.Lease("k"), StringComparison.Ordinal);
    }

    /// <summary>Most of the entry's time goes by.</summary>
    private async Task AgeAsync() => Assert.True(await Database.KeyExpireAsync(StoredKey, 2 * Minute));

    private async Task AssertLivesAsync(TimeSpan least, TimeSpan most)
    {
        var left = await Database.KeyTimeToLiveAsync(StoredKey);
        Assert.NotNull(left);
        Assert.InRange(left.Value, least, most);
    }

    private Task WriteAsync(string member, string value, DistributedCacheEntryOptions options) =>
        WriteAsync(member, Encoding.UTF8.GetBytes(value), options);

    private async Task WriteAsync(string member, byte[] value, DistributedCacheEntryOptions options)
    {
        switch (member)
        {
            case "Set":
                await ElsewhereAsync(() => _cache.Set("k", value, options));
                break;
            case "SetAsync":
                await _cache.SetAsync("k", value, options, Cancellation);
                break;
            case "SetBuffer":
                await ElsewhereAsync(() => _cache.Set("k", Pieces(value), options));
                break;
            case "SetBufferAsync":
                await _cache.SetAsync("k", Pieces(value), options, Cancellation);
                break;
            default:
                throw new ArgumentException(member, nameof(member));
        }
    }

    /// <summary>
    /// Calls what blocks on a thread of the pool: older versions of the client library complete a task on the thread that reads the replies, so this code may
    /// run there, and a synchronous call would wait for a reply that nobody reads.
    /// </summary>
    private static Task ElsewhereAsync(Action call) => Task.Run(call, Cancellation);

    /// <summary>The value; for refreshing, <c>null</c>.</summary>
    private async Task<byte[]?> UseAsync(string member)
    {
        var buffer = new ArrayBufferWriter<byte>();
        switch (member)
        {
            case "Get":
                return await Task.Run(() => _cache.Get("k"), Cancellation);
            case "GetAsync":
                return await _cache.GetAsync("k", Cancellation);
            case "TryGet":
                return await Task.Run(() => _cache.TryGet("k", buffer), Cancellation) ? buffer.WrittenSpan.ToArray() : null;
            case "TryGetAsync":
                return await _cache.TryGetAsync("k", buffer, Cancellation) ? buffer.WrittenSpan.ToArray() : null;
            case "Refresh":
                await ElsewhereAsync(() => _cache.Refresh("k"));
                return null;
            case "RefreshAsync":
                await _cache.RefreshAsync("k", Cancellation);
                return null;
            default:
                throw new ArgumentException(member, nameof(member));
        }
    }

    private RedisBufferDistributedCache NewCache(IConnectionMultiplexer connection, string? name = null, string? service = null) => new(
        connection, name, new DistributedCacheOptions { Service = service ?? _service, Timeout = TimeSpan.FromSeconds(5) }, TimeProvider.System);

    /// <summary>The value in two segments.</summary>
    private static ReadOnlySequence<byte> Pieces(byte[] value)
    {
        var first = new Piece(value.AsMemory(0, value.Length / 2), null);
        var last = new Piece(value.AsMemory(value.Length / 2), first);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? before)
        {
            Memory = memory;
            if (before is not null)
            {
                RunningIndex = before.RunningIndex + before.Memory.Length;
                before.Next = this;
            }
        }
    }
}
