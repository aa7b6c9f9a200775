using System.Security.Cryptography;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A random value from chosen classes of characters, without those that look alike.</summary>
public sealed class GenerateParameterDefault : ParameterDefault
{
    private const string LowerCharacters = "abcdefghjkmnpqrstuvwxyz";
    private const string UpperCharacters = "ABCDEFGHJKMNPQRSTUVWXYZ";
    private const string NumericCharacters = "0123456789";
    private const string SpecialCharacters = "-_.{}~()*+!";

    /// <summary>The least length; by default about 128 bits.</summary>
    public int MinLength { get; set; } = 22;

    public bool Lower { get; set; } = true;

    public bool Upper { get; set; } = true;

    public bool Numeric { get; set; } = true;

    public bool Special { get; set; } = true;

    public int MinLower { get; set; }

    public int MinUpper { get; set; }

    public int MinNumeric { get; set; }

    public int MinSpecial { get; set; }

    public override string GetDefaultValue()
    {
        (bool Used, string Characters, int Least)[] classes =
        [
            (Lower, LowerCharacters, MinLower),
            (Upper, UpperCharacters, MinUpper),
            (Numeric, NumericCharacters, MinNumeric),
            (Special, SpecialCharacters, MinSpecial),
        ];
        if (classes.FirstOrDefault(c => !c.Used && c.Least > 0) is { Characters: not null })
        {
            throw new InvalidOperationException("A class of characters that is excluded has a minimum count.");
        }

        var all = string.Concat(classes.Where(c => c.Used).Select(c => c.Characters));
        var value = string.Concat(classes.Select(c => RandomNumberGenerator.GetString(c.Characters, c.Least))).ToList();
        value.AddRange(RandomNumberGenerator.GetString(all, Math.Max(0, MinLength - value.Count)));
        var characters = value.ToArray();
        RandomNumberGenerator.Shuffle(characters.AsSpan());
        return new(characters);
    }
}
