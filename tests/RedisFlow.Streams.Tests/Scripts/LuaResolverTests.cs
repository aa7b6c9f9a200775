namespace RedisFlow.Streams.Tests;

/// <summary>Lua files and what they include become one text.</summary>
public sealed class LuaResolverTests
{
    [Fact]
    public void An_include_comes_before_what_needs_it_and_only_once()
    {
        var text = Resolve(
            ("Scripts/a.lua", "-- @include b\n-- @include c\nreturn b() + c()\n"),
            ("Scripts/Includes/b.lua", "-- @include c\nlocal function b() return c() end\n"),
            ("Scripts/Includes/c.lua", "local function c() return 1 end\n")
        );

        Assert.Equal("local function c() return 1 end\nlocal function b() return c() end\nreturn b() + c()\n", text);
    }

    [Fact]
    public void Comment_lines_indentation_and_empty_lines_are_left_out()
    {
        var text = Resolve(("Scripts/a.lua", "-- What it does.\n\nif x then\r\n  -- Why.\n  y = '--'\n\tz = 1\nend"));

        Assert.Equal("if x then\ny = '--'\nz = 1\nend\n", text);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        Assert.Contains("Scripts/a.lua does not exist", Fails(), StringComparison.Ordinal);
        Assert.Contains(
            "Scripts/a.lua includes Scripts/Includes/b.lua, which does not exist",
            Fails(("Scripts/a.lua", "-- @include b")),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("b")]
    [InlineData("c")]
    public void An_include_that_includes_itself_is_named(string includedByC)
    {
        var message = Fails(
            ("Scripts/a.lua", "-- @include b"),
            ("Scripts/Includes/b.lua", "-- @include c"),
            ("Scripts/Includes/c.lua", $"-- @include {includedByC}")
        );

        Assert.Contains($"Scripts/Includes/{includedByC}.lua includes itself", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_script_of_another_assembly_is_not_looked_for_in_the_library()
    {
        var missing = Assert.Throws<InvalidOperationException>(() =>
            LuaResource.Load(typeof(LuaResolverTests).Assembly, "trim")
        );

        Assert.Contains("Scripts/trim.lua", missing.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--[[ a comment\nof two lines ]]")]
    [InlineData("return [==[ text ]==]")]
    public void A_long_bracket_is_refused(string text) =>
        Assert.Contains("Scripts/a.lua has a long bracket", Fails(("Scripts/a.lua", text)), StringComparison.Ordinal);

    private static string Fails(params (string File, string Text)[] files) =>
        Assert.Throws<InvalidOperationException>(() => Resolve(files)).Message;

    private static string Resolve(params (string File, string Text)[] files) =>
        new LuaResolver(file => files.FirstOrDefault(other => other.File == file).Text).Resolve("Scripts/a.lua");
}
