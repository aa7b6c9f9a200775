namespace RedisFlow.Packaging;

/// <summary>What is in the packages.</summary>
[Collection(nameof(PackedLibraries))]
public sealed class PackageTests(PackedLibraries libraries)
{
    private const string Repository = "https://github.com/redisflow/redisflow";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Packages => [.. PackageSources.Names];

    [Fact]
    public void Each_project_of_src_is_one_package_and_nothing_else_is()
    {
        var names = PackageSources.Names.Select(name => $"{name}.{libraries.Version}.nupkg");

        Assert.Equal(names.Order(StringComparer.Ordinal), FilesOf("*.nupkg"));
        Assert.DoesNotContain("warning NU5", libraries.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public async Task A_package_says_what_it_is_whose_it_is_and_where_it_comes_from(string name)
    {
        var package = await libraries.ReadAsync(name, Cancellation);

        Assert.Equal("MIT", package.Element("license")?.Value);
        Assert.Equal("expression", package.Element("license")?.Attribute("type")?.Value);
        Assert.Equal(Repository, package.Element("projectUrl")?.Value);
        Assert.Equal(Repository, package.Element("repository")?.Attribute("url")?.Value);
        Assert.NotEmpty(package.Element("tags")?.Value ?? "");
        Assert.NotEqual("Package Description", package.Element("description")?.Value);
        Assert.StartsWith($"# {name}\n", package.Readme.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public async Task A_package_has_documentation_and_symbols(string name)
    {
        var package = await libraries.ReadAsync(name, Cancellation);
        var symbols = await libraries.ReadAsync(name, Cancellation, extension: "snupkg");

        // The tool's assembly has the name of its command.
        string[] names = [$"{name}.dll", "redisflow.dll"];
        var assembly = Assert.Single(package.Files, file => names.Contains(Path.GetFileName(file)));
        Assert.Contains(Path.ChangeExtension(assembly, ".xml"), package.Files);
        Assert.Contains(Path.GetFileNameWithoutExtension(assembly) + ".pdb", symbols.Files.Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("RedisFlow.Streams")]
    [InlineData("RedisFlow.Streams.EntityFrameworkCore")]
    [InlineData("RedisFlow.Caching")]
    public async Task A_program_without_ASP_NET_Core_can_use(string name)
    {
        var package = await libraries.ReadAsync(name, Cancellation);

        Assert.Empty(package.Frameworks);
        Assert.NotEmpty(package.Dependencies);
        Assert.DoesNotContain("Microsoft.AspNetCore", string.Join(' ', package.Dependencies), StringComparison.Ordinal);
    }

    private IEnumerable<string?> FilesOf(string pattern) =>
        Directory.GetFiles(libraries.Feed, pattern).Select(Path.GetFileName).Order(StringComparer.Ordinal);
}
