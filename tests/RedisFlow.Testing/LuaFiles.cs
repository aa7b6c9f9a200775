using System.Reflection;
using System.Text.RegularExpressions;

namespace RedisFlow.Testing;

/// <summary>Reads the Lua files that are embedded in an assembly, for the tests of what every one of them must
/// have.</summary>
public static partial class LuaFiles
{
    private static readonly string[] Parts = ["KEYS", "ARGV", "Returns", "Retry", "Race"];

    /// <summary>Returns the names of the scripts.</summary>
    /// <param name="assembly">The assembly.</param>
    public static string[] Scripts(Assembly assembly) => Names(assembly, "Scripts/");

    /// <summary>Returns the names of what scripts include.</summary>
    /// <param name="assembly">The assembly.</param>
    public static string[] Includes(Assembly assembly) => Names(assembly, "Scripts/Includes/");

    /// <summary>Returns the parts that the header of a script lacks, or has at the wrong place.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <param name="script">The script's name.</param>
    public static string[] MissingParts(Assembly assembly, string script)
    {
        string[] header =
        [
            .. Read(assembly, $"Scripts/{script}.lua")
                .Split('\n')
                .TakeWhile(line => line.StartsWith("--", StringComparison.Ordinal)),
        ];
        int[] places = [.. Parts.Select(part => Array.FindIndex(header, line => PartPattern(part).IsMatch(line)))];
        return [.. Parts.Where((_, part) => places[part] < 0 || (part > 0 && places[part] < places[part - 1]))];
    }

    /// <summary>Returns what a file includes and does not use.</summary>
    /// <param name="assembly">The file's assembly.</param>
    /// <param name="file">The file, e.g. <c>Scripts/trim.lua</c>.</param>
    /// <param name="base">The assembly of includes that <paramref name="assembly"/> does not have.</param>
    public static string[] UnusedIncludes(Assembly assembly, string file, Assembly @base)
    {
        var text = Read(assembly, file);
        var code = CommentLine().Replace(text, "");
        return
        [
            .. IncludeLine()
                .Matches(text)
                .Select(line => line.Groups[1].Value)
                .Where(name => !Defines(assembly, name, @base).Any(defined => Regex.IsMatch(code, $@"\b{defined}\b"))),
        ];
    }

    /// <summary>Returns the text of a file.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <param name="file">The file, e.g. <c>Scripts/trim.lua</c>.</param>
    public static string Read(Assembly assembly, string file)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        using var stream = assembly.GetManifestResourceStream(file) ?? throw new FileNotFoundException(file);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static IEnumerable<string> Defines(Assembly assembly, string include, Assembly @base)
    {
        var owner = Includes(assembly).Contains(include) ? assembly : @base;
        return Definition()
            .Matches(Read(owner, $"Scripts/Includes/{include}.lua"))
            .SelectMany(line => line.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries));
    }

    private static string[] Names(Assembly assembly, string folder)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        return
        [
            .. assembly
                .GetManifestResourceNames()
                .Where(name =>
                    name.StartsWith(folder, StringComparison.Ordinal) && name.EndsWith(".lua", StringComparison.Ordinal)
                )
                .Select(name => name[folder.Length..^".lua".Length])
                .Where(name => !name.Contains('/', StringComparison.Ordinal)),
        ];
    }

    private static Regex PartPattern(string part) => new($"^-- {part}: .");

    [GeneratedRegex("^ *--.*$", RegexOptions.Multiline)]
    private static partial Regex CommentLine();

    [GeneratedRegex(@"^-- @include (\S+)$", RegexOptions.Multiline)]
    private static partial Regex IncludeLine();

    [GeneratedRegex(@"^local (?:function )?(\w+(?:, \w+)*)", RegexOptions.Multiline)]
    private static partial Regex Definition();
}
