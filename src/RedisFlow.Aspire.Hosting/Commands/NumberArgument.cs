using System.Globalization;

namespace RedisFlow.Aspire.Hosting;

/// <summary>
/// A whole number that the dashboard asks for before it runs a command. Where nothing is entered, the default counts.
/// </summary>
/// <param name="Name">The argument's name.</param>
/// <param name="Label">What the dashboard calls it, with its unit.</param>
/// <param name="Lowest">The lowest value.</param>
/// <param name="Highest">The highest value.</param>
/// <param name="Default">The value that the dashboard suggests.</param>
public sealed record NumberArgument(string Name, string Label, int Lowest, int Highest, int Default)
{
    private string Range => string.Create(CultureInfo.InvariantCulture, $"{Lowest} to {Highest}.");

    /// <summary>Gets the input field of the dashboard's dialog; for <c>CommandOptions.Arguments</c>.</summary>
    public InteractionInput Input =>
        new()
        {
            Name = Name,
            Label = Label,
            Description = $"From {Range}",
            InputType = InputType.Number,
            Required = true,
            Value = Default.ToString(CultureInfo.InvariantCulture),
        };

    /// <summary>
    /// Refuses what is not in the range; for <c>CommandOptions.ValidateArguments</c>. The input's type alone would
    /// accept a fraction.
    /// </summary>
    /// <param name="context">What was entered.</param>
    /// <returns>A completed task.</returns>
    public Task CheckAsync(InputsDialogValidationContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (
            !int.TryParse(context.Inputs.GetString(Name), CultureInfo.InvariantCulture, out var value)
            || value < Lowest
            || value > Highest
        )
        {
            context.AddValidationError(Name, $"Enter a whole number from {Range}");
        }

        return Task.CompletedTask;
    }

    /// <summary>Gets the value that a command runs with.</summary>
    /// <param name="context">The command's execution.</param>
    /// <returns>The value.</returns>
    public int Of(ExecuteCommandContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Arguments.GetInt32(Name);
    }
}
