namespace RedisFlow.Docs.Tests.Pages;

/// <summary>A fenced block of a page.</summary>
/// <param name="Line">The number of its first line.</param>
/// <param name="Language">The word after the fence; empty if there is no word.</param>
/// <param name="Text">What is in it.</param>
internal sealed record CodeBlock(int Line, string Language, string Text)
{
    private const string Fence = "```";
    private static readonly string[] Compiled = ["csharp", "cs", "c#", "proto", "protobuf"];

    /// <summary>Whether it is code that a compiler must have seen.</summary>
    public bool IsCompiled => Compiled.Contains(Language, StringComparer.OrdinalIgnoreCase);

    /// <summary>The blocks of a page.</summary>
    /// <exception cref="FormatException">A fence is not closed.</exception>
    public static IEnumerable<CodeBlock> Of(IReadOnlyList<string> lines)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            if (!IsFence(lines[i]))
            {
                continue;
            }

            var begin = i;
            do
            {
                i++;
                if (i == lines.Count)
                {
                    throw new FormatException($"The block that begins in line {begin + 1} is not closed.");
                }
            } while (!IsFence(lines[i]));

            var language = lines[begin].Trim()[Fence.Length..].Trim().Split(' ')[0];
            yield return new CodeBlock(
                begin + 2,
                language,
                Indentation.Removed(lines.Skip(begin + 1).Take(i - begin - 1))
            );
        }
    }

    private static bool IsFence(string line) => line.TrimStart().StartsWith(Fence, StringComparison.Ordinal);
}
