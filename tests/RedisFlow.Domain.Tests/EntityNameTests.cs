namespace RedisFlow.Domain.Tests;

public sealed class EntityNameTests
{
    [Theory]
    [InlineData("Auto Nord", "Auto Nord")]
    [InlineData("  Auto Nord \t\n", "Auto Nord")]
    [InlineData("\u00a0Ä\u2003", "Ä")]
    [InlineData("日本", "日本")]
    [InlineData("a\U0001F697b", "a\U0001F697b")]
    public void A_text_becomes_a_trimmed_name(string text, string expected)
    {
        Assert.True(EntityName.TryCreate(text, out var name, out var error));
        Assert.Null(error);
        Assert.Equal(expected, name.Value);
        Assert.Equal(expected, name.ToString());
    }

    [Theory]
    [InlineData(null, "missing or empty")]
    [InlineData("", "missing or empty")]
    [InlineData(" \t\r\n", "missing or empty")]
    [InlineData("a\nb", "control character")]
    [InlineData("a\0b", "control character")]
    [InlineData("a\u0085b", "control character")]
    public void Another_text_is_refused_with_the_reason(string? text, string reason) => AssertRefused(text, reason);

    // Built here: an attribute cannot hold text that is not valid Unicode.
    [Fact]
    public void Half_a_surrogate_pair_is_refused()
    {
        foreach (var text in new[] { "\ud83d", "a\ud83d", "\ude97b", "\ude97\ud83d", "\ud83d\ud83d\ude97" })
        {
            AssertRefused(text, "surrogate");
        }
    }

    [Fact]
    public void The_length_counts_after_trimming()
    {
        var longest = new string('x', EntityName.MaxLength);
        Assert.True(EntityName.TryCreate($" {longest} ", out var name, out _));
        Assert.Equal(longest, name.Value);
        AssertRefused(longest + "y", "201 characters");
    }

    [Fact]
    public void Names_are_equal_by_their_text()
    {
        EntityName.TryCreate("North ", out var one, out _);
        EntityName.TryCreate("North", out var two, out _);
        EntityName.TryCreate("north", out var three, out _);
        Assert.Equal(one, two);
        Assert.NotEqual(one, three);
    }

    private static void AssertRefused(string? text, string reason)
    {
        Assert.False(EntityName.TryCreate(text, out var name, out var error));
        Assert.Null(name);
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }
}
