using System.Diagnostics;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A command of a resource.</summary>
[DebuggerDisplay("{Name}")]
public sealed class ResourceCommandAnnotation : IResourceAnnotation
{
    public ResourceCommandAnnotation(
        string name,
        string displayName,
        Func<UpdateCommandStateContext, ResourceCommandState> updateState,
        Func<ExecuteCommandContext, Task<ExecuteCommandResult>> executeCommand,
        string? displayDescription,
        object? parameter,
        string? confirmationMessage,
        string? iconName,
        IconVariant? iconVariant,
        bool isHighlighted)
        : this(name, displayName, updateState, executeCommand, displayDescription, parameter, [], confirmationMessage, iconName, iconVariant, isHighlighted, null)
    {
    }

    internal ResourceCommandAnnotation(
        string name,
        string displayName,
        Func<UpdateCommandStateContext, ResourceCommandState> updateState,
        Func<ExecuteCommandContext, Task<ExecuteCommandResult>> executeCommand,
        string? displayDescription,
        object? parameter,
        IReadOnlyList<InteractionInput> arguments,
        string? confirmationMessage,
        string? iconName,
        IconVariant? iconVariant,
        bool isHighlighted,
        Func<InputsDialogValidationContext, Task>? validateArguments)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(displayName);
        ArgumentNullException.ThrowIfNull(updateState);
        ArgumentNullException.ThrowIfNull(executeCommand);

        Name = name;
        DisplayName = displayName;
        UpdateState = updateState;
        ExecuteCommand = executeCommand;
        DisplayDescription = displayDescription;
#pragma warning disable CS0618 // Obsolete, and carried on all the same.
        Parameter = parameter;
#pragma warning restore CS0618
        Arguments = arguments;
        ValidateArguments = validateArguments;
        ConfirmationMessage = confirmationMessage;
        IconName = iconName;
        IconVariant = iconVariant;
        IsHighlighted = isHighlighted;
    }

    public string Name { get; }

    public string DisplayName { get; }

    public Func<UpdateCommandStateContext, ResourceCommandState> UpdateState { get; }

    public Func<ExecuteCommandContext, Task<ExecuteCommandResult>> ExecuteCommand { get; }

    public string? DisplayDescription { get; }

    [Obsolete("Use Arguments to describe invocation arguments and ExecuteCommandContext.Arguments to read them.")]
    public object? Parameter { get; }

    public IReadOnlyList<InteractionInput> Arguments { get; }

    public Func<InputsDialogValidationContext, Task>? ValidateArguments { get; }

    public string? ConfirmationMessage { get; }

    public string? IconName { get; }

    public IconVariant? IconVariant { get; }

    public bool IsHighlighted { get; }
}

public enum IconVariant
{
    Regular,
    Filled,
}
