using System.Text.RegularExpressions;

namespace RedisFlow.Docs.Tests.Pages;

public sealed partial class LinkTests
{
    [Fact]
    public void Every_link_of_a_page_to_a_file_or_heading_leads_somewhere()
    {
        var links = Repository
            .Pages.SelectMany(page =>
                Links()
                    .Matches(string.Join('\n', Prose(page)))
                    .Select(match => (Page: page, Target: match.Groups[1].Value))
            )
            .Where(link => !link.Target.Contains("://", StringComparison.Ordinal))
            .ToArray();

        Assert.NotEmpty(links);
        Assert.DoesNotContain(links, link => !Exists(link.Page, link.Target));
    }

    private static bool Exists(string page, string target)
    {
        var parts = target.Split('#');
        var file = parts[0].Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, parts[0]);
        var path = Path.Combine(Repository.Root, file);
        if (parts.Length == 1)
        {
            return File.Exists(path) || Directory.Exists(path);
        }

        return File.Exists(path) && Prose(file).Where(line => line.StartsWith('#')).Select(Anchor).Contains(parts[1]);
    }

    /// <summary>The anchor that a heading gets where the pages are shown.</summary>
    private static string Anchor(string heading) =>
        string.Concat(
                heading
                    .TrimStart('#')
                    .Trim()
                    .ToLowerInvariant()
                    .Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')
            )
            .Replace(' ', '-');

    private static IEnumerable<string> Prose(string page)
    {
        var isCode = false;
        foreach (var line in Repository.Read(page))
        {
            var isFence = line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            isCode ^= isFence;
            if (!isCode && !isFence)
            {
                yield return line;
            }
        }
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Links();
}
