using RedisFlow.Testing;

namespace RedisFlow.Chaos.Tests.Staleness;

public sealed class SourceScriptTests
{
    [Fact]
    public void The_script_says_what_it_takes_and_returns_why_a_retry_is_safe_and_which_race_it_settles()
    {
        var assembly = typeof(ChaosRun).Assembly;

        Assert.Equal(["raise_versions"], LuaFiles.Scripts(assembly));
        Assert.Empty(LuaFiles.MissingParts(assembly, "raise_versions"));
    }
}
