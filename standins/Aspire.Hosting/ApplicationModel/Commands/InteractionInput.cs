using System.Diagnostics;

// The package has inputs of commands in this namespace, since its dialogs take the same.
namespace Aspire.Hosting;

/// <summary>A value that a command asks for.</summary>
[DebuggerDisplay("Name = {Name}, InputType = {InputType}, Required = {Required}, Value = {Value}")]
public sealed class InteractionInput
{
    /// <summary>The name by which the command reads it.</summary>
    public required string Name { get; init; }

    /// <summary>What a dialog calls it; <see langword="null"/>: its name.</summary>
    public string? Label { get; init; }

    public string? Description { get; init; }

    public bool EnableDescriptionMarkdown { get; init; }

    public required InputType InputType { get; init; }

    public bool Required { get; init; }

    /// <summary>What a choice chooses from: values and their texts.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Options { get; set; }

    /// <summary>The value; in a command's description the one that it has unless another is given.</summary>
    public string? Value { get; set; }

    public string? Placeholder { get; init; }

    public bool AllowCustomChoice { get; init; }

    public bool Disabled { get; set; }

    /// <summary>The most characters of a text; <see langword="null"/>: 8000.</summary>
    public int? MaxLength
    {
        get => field;
        init
        {
            if (value is { } length)
            {
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
            }

            field = value;
        }
    }

    internal List<string> ValidationErrors { get; } = [];

    /// <summary>The same input with another value, so that executions do not see each other's.</summary>
    internal InteractionInput With(string? value) => new()
    {
        Name = Name,
        Label = Label,
        Description = Description,
        EnableDescriptionMarkdown = EnableDescriptionMarkdown,
        InputType = InputType,
        Required = Required,
        Options = Options,
        Value = value,
        Placeholder = Placeholder,
        AllowCustomChoice = AllowCustomChoice,
        Disabled = Disabled,
        MaxLength = MaxLength,
    };
}

/// <summary>What an input takes.</summary>
public enum InputType
{
    Text,
    SecretText,
    Choice,
    Boolean,
    Number,
}
