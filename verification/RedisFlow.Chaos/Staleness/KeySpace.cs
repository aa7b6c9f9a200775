using System.Globalization;

namespace RedisFlow.Chaos.Staleness;

/// <summary>
/// The keys of a run: a number each. Every key has one writer, and with it some of the writer's other keys: those under
/// its prefix, and those with its tag. So a writer alone decides the order of a key's versions, whichever way it
/// announces a change.
/// </summary>
/// <param name="Keys">How many keys are written. One more is never written: <see cref="Canary"/>.</param>
internal sealed record KeySpace(int Keys)
{
    /// <summary>How many writers there are.</summary>
    public const int Writers = 20;

    private const int Side = 5;
    private const string KeyStart = "company:";
    private const string KeyMiddle = ":report:";
    private const string CanaryName = "canary";

    /// <summary>A key that no node writes. Where it comes from says which levels a node reads at all.</summary>
    public int Canary => Keys;

    /// <summary>All keys that are written.</summary>
    public IEnumerable<int> All => Enumerable.Range(0, Keys);

    /// <summary>The keys of a writer.</summary>
    public IEnumerable<int> OfWriter(int writer) => All.Where(key => key % Writers == writer);

    /// <summary>The keys under a prefix.</summary>
    public IEnumerable<int> OfPrefix(int prefix) => OfWriter(prefix % Writers).Where(key => PrefixOf(key) == prefix);

    /// <summary>The keys with a tag.</summary>
    public IEnumerable<int> OfTag(int tag) => OfWriter(tag % Writers).Where(key => TagOf(key) == tag);

    /// <summary>The number of a key's prefix.</summary>
    public static int PrefixOf(int key) => (key % Writers) + (Writers * (key / Writers / Side));

    /// <summary>The number of a key's tag.</summary>
    public static int TagOf(int key) => (key % Writers) + (Writers * (key / Writers % Side));

    /// <summary>A key as caches know it.</summary>
    public string Name(int key) =>
        key == Canary
            ? CanaryName
            : string.Create(CultureInfo.InvariantCulture, $"{Prefix(PrefixOf(key))}{KeyMiddle}{key}");

    /// <summary>A prefix as caches know it.</summary>
    public static string Prefix(int prefix) => string.Create(CultureInfo.InvariantCulture, $"{KeyStart}{prefix}");

    /// <summary>A tag as caches know it.</summary>
    public static string Tag(int tag) => string.Create(CultureInfo.InvariantCulture, $"user:{tag}");

    /// <summary>The tags of a key.</summary>
    public string[] Tags(int key) => key == Canary ? [] : [Tag(TagOf(key))];

    /// <summary>Where the source of truth has a key's version.</summary>
    public static string Source(int key) => string.Create(CultureInfo.InvariantCulture, $"source:{key}");

    /// <summary>The number of a key.</summary>
    /// <exception cref="FormatException">The name is of no key of this run.</exception>
    public int Parse(string name)
    {
        if (name == CanaryName)
        {
            return Canary;
        }

        var at = name.LastIndexOf(':');
        return
            int.TryParse(name.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var key)
            && key < Keys
            && Name(key) == name
            ? key
            : throw new FormatException($"'{name}' is no key of this run.");
    }
}
