namespace RedisFlow.Docs.Tests.Pages;

public sealed class PageTests
{
    private static readonly string[] Page =
    [
        "# Title",
        "```csharp",
        "var a = 1;",
        "if (a > 0)",
        "{",
        "    a++;",
        "}",
        "```",
    ];

    [Fact]
    public void Every_block_of_code_in_a_page_is_compiled() =>
        Assert.Empty(
            Repository.Pages.SelectMany(page => PageCheck.Uncompiled(page, Repository.Read(page), Region.All))
        );

    [Fact]
    public void Every_region_is_shown_by_a_page() =>
        Assert.Empty(PageCheck.Unshown(Repository.Pages.Select(Repository.Read), Region.All));

    [Fact]
    public void Regions_have_names_of_their_own() =>
        Assert.Equal(Region.All.Count, Region.All.Select(region => region.Name).Distinct().Count());

    [Fact]
    public void The_pages_have_code_to_compare()
    {
        Assert.Contains("docs/messages.md", Repository.Pages);
        Assert.Contains(CodeBlock.Of(Repository.Read("docs/messages.md")), block => block.Language == "csharp");
        Assert.Contains(CodeBlock.Of(Repository.Read("docs/messages.md")), block => block.Language == "proto");
    }

    [Fact]
    public void A_block_is_found_in_a_region_whatever_its_indentation()
    {
        string[] file = ["    #region docs: sample", .. Page[2..^1].Select(line => "    " + line), "    #endregion"];

        Assert.Empty(PageCheck.Uncompiled("page", Page, [.. Region.Of(file)]));
    }

    [Theory]
    [InlineData("var a = 2;")]
    [InlineData("var  a = 1;")]
    [InlineData("")]
    public void A_block_that_differs_from_its_region_is_named(string line)
    {
        string[] file = ["// docs: sample", line, .. Page[3..^1], "// end"];

        var found = Assert.Single(PageCheck.Uncompiled("page", Page, [.. Region.Of(file)]));
        Assert.StartsWith(
            "page:3 shows code that is no region of a compiled file. The nearest is 'sample'",
            found,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_region_that_no_page_shows_is_named() =>
        Assert.Equal(["sample"], PageCheck.Unshown([Page], [new Region("sample", "var b = 1;")]));

    [Fact]
    public void A_block_or_region_that_is_not_closed_is_an_error()
    {
        Assert.Throws<FormatException>(() => CodeBlock.Of(Page[..^1]).ToArray());
        Assert.Throws<FormatException>(() => Region.Of(["// docs: sample", "a"]).ToArray());
    }
}
