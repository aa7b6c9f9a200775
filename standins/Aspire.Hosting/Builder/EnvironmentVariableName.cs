namespace Aspire.Hosting;

internal static class EnvironmentVariableName
{
    /// <summary>Replaces what a shell does not accept in a variable's name by underscores.</summary>
    public static string Encode(string name)
    {
        var encoded = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        return encoded.Length > 0 && char.IsAsciiDigit(encoded[0]) ? "_" + encoded : encoded;
    }
}
