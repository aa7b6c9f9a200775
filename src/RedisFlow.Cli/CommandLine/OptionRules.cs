using System.CommandLine;
using System.Globalization;
using RedisFlow.Streams;

namespace RedisFlow.Cli.CommandLine;

/// <summary>What options accept.</summary>
internal static class OptionRules
{
    /// <summary>A number of at least so much.</summary>
    public static Option<T> AtLeast<T>(this Option<T> option, int lowest, int highest = int.MaxValue)
    {
        option.Validators.Add(result =>
        {
            var text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
            if (
                text.Length > 0
                && (
                    !int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                    || number < lowest
                    || number > highest
                )
            )
            {
                var range = highest == int.MaxValue ? $"of at least {lowest}" : $"from {lowest} to {highest}";
                result.AddError($"{option.Name} is '{text}'; it must be a number {range}.");
            }
        });
        return option;
    }

    /// <summary>An option with a position.</summary>
    public static Option<MessagePosition?> Position(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "position",
            CustomParser = result =>
            {
                if (MessagePosition.TryParse(result.Tokens[0].Value, out var position))
                {
                    return position;
                }

                result.AddError($"{name} is '{result.Tokens[0].Value}'; it must be a position, e.g. 1795234011241-0.");
                return null;
            },
        };

    /// <summary>An argument with positions.</summary>
    public static Argument<MessagePosition[]> Positions(string name, string description, ArgumentArity arity) =>
        new(name)
        {
            Description = description,
            Arity = arity,
            CustomParser = result =>
            {
                var positions = new List<MessagePosition>();
                foreach (var token in result.Tokens)
                {
                    if (MessagePosition.TryParse(token.Value, out var position))
                    {
                        positions.Add(position);
                    }
                    else
                    {
                        result.AddError($"'{token.Value}' is no position; expected e.g. 1795234011241-0.");
                    }
                }

                return [.. positions];
            },
        };
}
