using System.CommandLine;
using System.CommandLine.Parsing;

namespace RedisFlow.Cli.CommandLine;

/// <summary>An option with a time, e.g. <c>30s</c>.</summary>
internal sealed class DurationOption : Option<TimeSpan>
{
    /// <param name="name">The option's name.</param>
    /// <param name="defaultValue">Its value where it is not given.</param>
    /// <param name="lowest">The least that is accepted.</param>
    public DurationOption(string name, TimeSpan defaultValue, TimeSpan lowest)
        : base(name)
    {
        HelpName = "time";
        Default = defaultValue;
        CustomParser = result => Parse(name, lowest, result);
    }

    /// <summary>
    /// The value where it is not given. Not the library's: its help would show it in another form than people write.
    /// </summary>
    public TimeSpan Default { get; }

    private static TimeSpan Parse(string name, TimeSpan lowest, ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (Duration.TryParse(text, out var time) && time >= lowest)
        {
            return time;
        }

        result.AddError(
            $"{name} is '{text}'; it must be a time of at least {Duration.Text(lowest)}, e.g. 500ms, 30s, 5m, 2h or 1d."
        );
        return default;
    }
}
