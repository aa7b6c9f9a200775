using System.CommandLine;
using System.CommandLine.Parsing;

namespace RedisFlow.Cli.CommandLine;

/// <summary>The option <c>--from</c>.</summary>
internal sealed class StartPointOption : Option<StartPoint?>
{
    public StartPointOption()
        : base("--from")
    {
        HelpName = "where";
        CustomParser = Parse;
    }

    private static StartPoint? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (!StartPoint.TryParse(text, out var point))
        {
            result.AddError(
                $"--from is '{text}'; it must be a time (2026-11-21T10:00:00Z), a position (1795234011241-0), a time "
                    + "ago (-1h), 'beginning' or 'end'."
            );
        }

        return point;
    }
}
