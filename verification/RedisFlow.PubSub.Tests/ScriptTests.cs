using System.Reflection;
using RedisFlow.PubSub.Publishing;
using RedisFlow.Testing;

namespace RedisFlow.PubSub.Tests;

public sealed class ScriptTests
{
    private static readonly Assembly Library = typeof(PubSubScripts).Assembly;

    public static TheoryData<string> Scripts => [.. LuaFiles.Scripts(Library)];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void A_script_says_what_it_takes_and_returns_why_a_retry_is_safe_and_which_race_it_settles(string script) =>
        Assert.Empty(LuaFiles.MissingParts(Library, script));
}
