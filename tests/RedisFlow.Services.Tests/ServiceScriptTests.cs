using RedisFlow.Testing;

namespace RedisFlow.Services.Tests;

public sealed class ServiceScriptTests
{
    [Theory]
    [InlineData("Analytics", "count_batch")]
    [InlineData("Organization", "read_figures")]
    public void A_script_says_what_it_takes_and_returns_why_a_retry_is_safe_and_which_race_it_settles(
        string service,
        string script
    )
    {
        var assembly = System.Reflection.Assembly.LoadFrom(Layout.Assembly(service));

        Assert.Equal([script], LuaFiles.Scripts(assembly));
        Assert.Empty(LuaFiles.MissingParts(assembly, script));
    }
}
