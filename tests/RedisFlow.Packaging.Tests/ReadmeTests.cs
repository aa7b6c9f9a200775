using System.Text.RegularExpressions;
using RedisFlow.Testing;

namespace RedisFlow.Packaging;

/// <summary>
/// The code in the packages' READMEs is that of the sample programs, of the system's AppHost, or of the pages, all of
/// which are compiled and run.
/// </summary>
public sealed partial class ReadmeTests
{
    public static TheoryData<string> Libraries =>
        [.. PackageSources.Projects.Select(project => Path.Combine(Path.GetDirectoryName(project)!, "README.md"))];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Code_is_that_of_a_sample(string readme)
    {
        var samples = SampleFiles
            .All.Where(file => Path.GetExtension(file) == ".cs")
            .Append(RepositoryFolder.PathOf("RedisFlow.AppHost", "AppHost.cs"))
            .Concat(Directory.GetFiles(RepositoryFolder.PathOf("tests", "RedisFlow.Docs.Tests", "Samples"), "*.cs"))
            .Select(file => Plain(File.ReadAllText(file)))
            .ToArray();

        foreach (Match match in CodeBlocks().Matches(File.ReadAllText(readme)))
        {
            var block = match.Groups["code"].Value;
            var isThere = samples.Any(sample => sample.Contains(Plain(block), StringComparison.Ordinal));
            Assert.True(isThere, $"In no sample:\n{block}");
        }
    }

    // Lines may be broken at other places.
    private static string Plain(string code) => Spaces().Replace(code, "");

    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlocks();

    [GeneratedRegex(@"\s+|,(?=\s*[)\]}])")]
    private static partial Regex Spaces();
}
