namespace RedisFlow.Architecture.Tests;

/// <summary>Finds rooms that use each other, directly or around others.</summary>
internal static class Circles
{
    /// <summary>One line for each use that is part of a circle, with its examples.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyDictionary<(string From, string To), SortedSet<string>> uses)
    {
        var next = uses.Keys.ToLookup(use => use.From, use => use.To);
        return
        [
            .. uses.Where(use => Reaches(use.Key.To, use.Key.From, next, []))
                .Select(use => $"{use.Key.From} uses {use.Key.To}: {string.Join(", ", use.Value.Take(6))}")
                .Order(StringComparer.Ordinal),
        ];
    }

    private static bool Reaches(string from, string to, ILookup<string, string> next, HashSet<string> seen) =>
        from == to || (seen.Add(from) && next[from].Any(room => Reaches(room, to, next, seen)));
}
