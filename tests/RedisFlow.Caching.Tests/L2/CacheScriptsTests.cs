using System.Reflection;
using RedisFlow.Caching.L2;
using RedisFlow.Caching.Scripts;
using RedisFlow.Streams;
using RedisFlow.Testing;

namespace RedisFlow.Caching.Tests;

/// <summary>What every Lua file of the cache has, and what they do with sequences that no Lua number holds.</summary>
public sealed class CacheScriptsTests(RedisFixture redis)
{
    private static readonly Assembly Library = typeof(CacheScripts).Assembly;

    public static TheoryData<string> Scripts => [.. LuaFiles.Scripts(Library)];

    public static TheoryData<string> Files =>
        [
            .. LuaFiles.Scripts(Library).Select(name => $"Scripts/{name}.lua"),
            .. LuaFiles.Includes(Library).Select(name => $"Scripts/Includes/{name}.lua"),
        ];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void A_script_says_what_it_takes_and_returns_why_a_retry_is_safe_and_which_race_it_settles(string script) =>
        Assert.Empty(LuaFiles.MissingParts(Library, script));

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_uses_what_it_includes(string file) =>
        Assert.Empty(LuaFiles.UnusedIncludes(Library, file, typeof(LuaResource).Assembly));

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task The_server_gets_a_text_without_comments_that_it_can_compile(string script)
    {
        var text = LuaResource.Load(Library, script);

        Assert.DoesNotContain("--", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\n ", text, StringComparison.Ordinal);
        await redis.Database.ExecuteAsync("SCRIPT", "LOAD", text);
    }

    [Theory]
    [InlineData(0UL, 0UL)]
    [InlineData(1_763_694_000_123UL, 9_007_199_254_740_993UL)]
    [InlineData(1_763_694_000_123UL, 18_446_744_073_709_551_614UL)]
    [InlineData(18_446_744_073_709_551_615UL, 4_294_967_296UL)]
    public async Task A_position_is_packed_as_the_codec_encodes_it(ulong milliseconds, ulong sequence)
    {
        var position = new MessagePosition(milliseconds, sequence);
        var includes =
            LuaFiles.Read(typeof(LuaResource).Assembly, "Scripts/Includes/parts.lua")
            + LuaFiles.Read(Library, "Scripts/Includes/pack_position.lua");

        var packed = await new RedisScript(includes + "return pack_position(ARGV[1])").RunAsync(
            redis.Database,
            [],
            position.ToString()
        );

        Assert.Equal(L2Codec.EncodePosition(position), (byte[]?)packed);
    }
}
