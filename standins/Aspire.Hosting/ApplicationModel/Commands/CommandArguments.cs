using System.Globalization;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The values of one execution of a command: those given, else those that the command's description has; and whether they can be.</summary>
internal static class CommandArguments
{
    /// <summary>The most characters of a text whose description says nothing.</summary>
    private const int DefaultMaxLength = 8000;

    /// <summary>A command without arguments gets what was given as it is.</summary>
    public static InteractionInputCollection Bind(ResourceCommandAnnotation command, InteractionInputCollection given) =>
        command.Arguments.Count == 0
            ? given
            : new([.. command.Arguments.Select(input => input.With(given.TryGetByName(input.Name, out var value) ? value.Value : input.Value))]);

    /// <summary>Binds values by name.</summary>
    /// <returns>The arguments, or what was given that the command does not take.</returns>
    public static (InteractionInputCollection Arguments, string? Error) Bind(ResourceCommandAnnotation command, IReadOnlyDictionary<string, string?> given)
    {
        var named = new Dictionary<string, string?>(given, StringComparer.OrdinalIgnoreCase);
        var disabled = command.Arguments.Where(input => input.Disabled && named.ContainsKey(input.Name)).Select(input => input.Name).ToArray();
        var unknown = named.Keys.Where(name => !command.Arguments.Any(input => Is(input, name))).ToArray();
        InteractionInputCollection arguments = new(
            [.. command.Arguments.Select(input => input.With(named.TryGetValue(input.Name, out var value) ? value : input.Value))]);
        return (arguments, (disabled, unknown) switch
        {
            ([var one], _) => $"Argument '{one}' for command '{command.Name}' is disabled.",
            ([_, ..], _) => $"Arguments for command '{command.Name}' are disabled: {List(disabled)}.",
            (_, [var one]) => $"Unknown argument '{one}' for command '{command.Name}'.",
            (_, [_, ..]) => $"Unknown arguments for command '{command.Name}': {List(unknown)}.",
            _ => null,
        });
    }

    /// <summary>Checks each value by itself, and then, if all can be, asks the command.</summary>
    public static async Task<bool> AreValidAsync(
        ResourceCommandAnnotation command, InteractionInputCollection arguments, IServiceProvider services, CancellationToken cancellationToken)
    {
        InputsDialogValidationContext context = new() { Inputs = arguments, Services = services, CancellationToken = cancellationToken };
        foreach (var argument in arguments)
        {
            argument.ValidationErrors.Clear();
            argument.Value = argument.InputType == InputType.SecretText ? argument.Value : argument.Value?.Trim();
            if (!argument.Disabled && ErrorOf(argument) is { } error)
            {
                context.AddValidationError(argument, error);
            }
        }

        if (!context.HasErrors && command.ValidateArguments is { } validate)
        {
            await validate(context);
        }

        return !context.HasErrors;
    }

    private static string? ErrorOf(InteractionInput input) => (input.InputType, input.Value) switch
    {
        (_, null or "") => input.Required ? "Value is required." : null,
        (InputType.Text or InputType.SecretText, var text) when text.Length > (input.MaxLength ?? DefaultMaxLength) =>
            $"Value length exceeds {input.MaxLength ?? DefaultMaxLength} characters.",
        (InputType.Choice, var text) when !input.AllowCustomChoice && input.Options is { } options && options.All(option => option.Key != text) =>
            "Value must be one of the provided options.",
        (InputType.Boolean, var text) when !bool.TryParse(text, out _) => "Value must be a valid boolean.",
        (InputType.Number, var text) when !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) => "Value must be a valid number.",
        _ => null,
    };

    private static bool Is(InteractionInput input, string name) => string.Equals(input.Name, name, StringComparison.OrdinalIgnoreCase);

    private static string List(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"'{name}'"));
}
