using RedisFlow.Chaos.Staleness;

namespace RedisFlow.Chaos.Tests.Staleness;

public sealed class KeySpaceTests
{
    private static readonly KeySpace Keys = new(503);

    [Fact]
    public void Names_tell_their_keys_and_no_others()
    {
        Assert.All(Keys.All.Append(Keys.Canary), key => Assert.Equal(key, Keys.Parse(Keys.Name(key))));
        Assert.All(
            ["company:1:report:503", "company:1:report:0", "company:0:report:", "other"],
            name => Assert.Throws<FormatException>(() => Keys.Parse(name))
        );
    }

    [Fact]
    public void Whoever_writes_a_key_writes_all_keys_under_its_prefix_and_with_its_tag() =>
        Assert.All(
            Keys.All,
            key =>
            {
                var own = Keys.OfWriter(key % KeySpace.Writers).ToHashSet();
                Assert.Contains(key, Keys.OfPrefix(KeySpace.PrefixOf(key)));
                Assert.Contains(key, Keys.OfTag(KeySpace.TagOf(key)));
                Assert.Subset(own, Keys.OfPrefix(KeySpace.PrefixOf(key)).ToHashSet());
                Assert.Subset(own, Keys.OfTag(KeySpace.TagOf(key)).ToHashSet());
                Assert.StartsWith(
                    KeySpace.Prefix(KeySpace.PrefixOf(key)) + ":",
                    Keys.Name(key),
                    StringComparison.Ordinal
                );
            }
        );

    [Fact]
    public void A_prefix_and_a_tag_have_several_keys_and_a_writer_several_of_both()
    {
        Assert.Equal(5, Keys.OfPrefix(KeySpace.PrefixOf(0)).Count());
        Assert.True(Keys.OfTag(KeySpace.TagOf(0)).Count() >= 5);
        Assert.True(Keys.OfWriter(0).Select(KeySpace.PrefixOf).Distinct().Count() >= 5);
        Assert.Equal(5, Keys.OfWriter(0).Select(KeySpace.TagOf).Distinct().Count());
    }
}
