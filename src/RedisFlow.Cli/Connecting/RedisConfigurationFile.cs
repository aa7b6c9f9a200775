using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace RedisFlow.Cli.Connecting;

/// <summary>Reads port and password from a <c>redis.conf</c>.</summary>
internal static partial class RedisConfigurationFile
{
    /// <summary>Reads the file; of a setting that is there twice, the last one counts, as for the server.</summary>
    public static (string? Port, string? Password) Read(string path)
    {
        string? port = null;
        string? password = null;

        // The server reads bytes, and writes those above ASCII as escapes: Latin-1 keeps each byte as a character.
        foreach (var line in File.ReadLines(path, Encoding.Latin1))
        {
            switch (Word().Matches(line))
            {
                case [var name, var value] when Is(name, "port"):
                    port = Value(value);
                    break;
                case [var name, var value] when Is(name, "requirepass"):
                    password = Value(value);
                    break;
            }
        }

        return (port, password);
    }

    private static bool Is(Match word, string name) => word.Value.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static string Value(Match word) =>
        Encoding.UTF8.GetString(
            Encoding.Latin1.GetBytes(
                word.Groups["double"] is { Success: true } quoted
                    ? Escape().Replace(quoted.Value, escape => Character(escape.Groups[1].Value))
                : word.Groups["single"] is { Success: true } literal
                    ? literal.Value.Replace("\\'", "'", StringComparison.Ordinal)
                : word.Value
            )
        );

    private static string Character(string escape) =>
        escape switch
        {
            "n" => "\n",
            "r" => "\r",
            "t" => "\t",
            "b" => "\b",
            "a" => "\a",
            ['x', .. { Length: 2 } code] => (
                (char)byte.Parse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            ).ToString(),
            _ => escape,
        };

    // Words as the server's sdssplitargs() knows them.
    [GeneratedRegex(
        """
            "(?<double>(?:[^"\\]|\\.)*)"|'(?<single>(?:[^'\\]|\\.)*)'|[^\s"']\S*
            """
    )]
    private static partial Regex Word();

    [GeneratedRegex("""\\(x[0-9a-fA-F]{2}|.)""")]
    private static partial Regex Escape();
}
