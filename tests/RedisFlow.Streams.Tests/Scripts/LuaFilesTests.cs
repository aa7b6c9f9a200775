using System.Reflection;
using RedisFlow.Streams.Publishing;
using RedisFlow.Streams.Scripts;
using RedisFlow.Streams.Servers;
using RedisFlow.Testing;

namespace RedisFlow.Streams.Tests;

/// <summary>What every Lua file of the engine has.</summary>
public sealed class LuaFilesTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private static readonly Assembly Library = typeof(StreamScripts).Assembly;

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
        Assert.Empty(LuaFiles.UnusedIncludes(Library, file, Library));

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task The_server_gets_a_text_without_comments_that_it_can_compile(string script)
    {
        var text = LuaResource.Load(Library, script);

        Assert.DoesNotContain("--", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\n ", text, StringComparison.Ordinal);
        await redis.Database.ExecuteAsync("SCRIPT", "LOAD", text);
    }

    [Fact]
    public void Each_script_has_a_property_and_each_include_a_user()
    {
        string[] properties = [.. typeof(StreamScripts).GetProperties().Select(property => property.Name)];
        string[] scripts = LuaFiles.Scripts(Library);
        var texts = Files.Select(file => LuaFiles.Read(Library, file.Data)).ToArray();

        Assert.Equal(
            scripts
                .Select(name => name.Replace("_", "", StringComparison.Ordinal))
                .Order(StringComparer.OrdinalIgnoreCase),
            properties.Order(StringComparer.OrdinalIgnoreCase),
            StringComparer.OrdinalIgnoreCase
        );
        Assert.All(
            LuaFiles.Includes(Library).Except(["publish"]),
            include =>
                Assert.Contains(texts, text => text.Contains($"-- @include {include}\n", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void Client_and_scripts_agree_on_what_both_know()
    {
        var since = ServerFeatures.IdempotentAddSince;

        Assert.Contains(
            $"PRODUCER_DIGITS = {IdempotentPublisher.ProducerDigits}\n",
            LuaResource.LoadInclude("publish_once"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            $">= 0x{since.Major:x2}{since.Minor:x2}{since.Build:x2}\n",
            LuaResource.LoadInclude("native"),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("5-9007199254740992", "5-9007199254740993")]
    [InlineData("5-18446744073709551613", "5-18446744073709551614")]
    [InlineData("5-9", "5-10")]
    [InlineData("5-18446744073709551615", "6")]
    [InlineData("9-18446744073709551615", "10-0")]
    [InlineData("18446744073709551614-0", "18446744073709551615-0")]
    public async Task Positions_are_compared_digit_by_digit(string earlier, string later)
    {
        var before = new RedisScript(
            LuaResource.LoadInclude("before")
                + """
                local function answer(a, b) return before(a, b) and 'yes' or 'no' end
                return answer(ARGV[1], ARGV[2]) .. answer(ARGV[2], ARGV[1]) .. answer(ARGV[2], ARGV[2])
                """
        );

        Assert.Equal("yesnono", (string?)await before.RunAsync(redis.Database, [], earlier, later));
    }
}
