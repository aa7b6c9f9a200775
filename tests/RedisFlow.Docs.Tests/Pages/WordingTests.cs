using System.Text.RegularExpressions;

namespace RedisFlow.Docs.Tests.Pages;

/// <summary>Words that CONTRIBUTING.md replaces by plainer ones, in everything that people read.</summary>
public sealed partial class WordingTests
{
    private static readonly string[] Extensions = [".cs", ".lua", ".md", ".proto", ".http"];

    private static readonly string[] Generated = ["artifacts", "bin", "obj", "packages"];

    [Fact]
    public void Code_and_pages_use_plain_words()
    {
        var files = FilesIn(new DirectoryInfo(Repository.Root)).ToArray();

        Assert.True(files.Length > 500, $"There are only {files.Length} files to read.");
        Assert.Empty(files.SelectMany(Findings));
    }

    [Theory]
    [InlineData("The stream is mended.")]
    [InlineData("Nobody reads it.")]
    [InlineData("The group is created anew")]
    public void A_word_to_avoid_is_found(string text) => Assert.Matches(Words(), text);

    [Theory]
    [InlineData("// Recommended: nothing")]
    [InlineData("Amend the commit.")]
    public void A_word_within_another_one_is_not_meant(string text) => Assert.DoesNotMatch(Words(), text);

    private static IEnumerable<FileInfo> FilesIn(DirectoryInfo folder) =>
        folder
            .EnumerateFiles()
            .Where(file => Extensions.Contains(file.Extension) && file.Name != $"{nameof(WordingTests)}.cs")
            .Concat(
                folder
                    .EnumerateDirectories()
                    .Where(inner => inner.Name[0] != '.' && !Generated.Contains(inner.Name))
                    .SelectMany(FilesIn)
            );

    private static IEnumerable<string> Findings(FileInfo file) =>
        File.ReadLines(file.FullName)
            .Select((line, i) => (Line: line, Number: i + 1))
            .Where(line => Words().IsMatch(line.Line))
            .Select(line =>
                $"{Path.GetRelativePath(Repository.Root, file.FullName)}:{line.Number}: {line.Line.Trim()}"
            );

    [GeneratedRegex(
        @"\b(mend(s|ed|ing)?|anew|nobody|somebody|whoever|by all means|had better|is none|is given|is heard)\b",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Words();
}
