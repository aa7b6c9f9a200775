namespace Aspire.Hosting.ApplicationModel;

/// <summary>What is optional about a command.</summary>
public class CommandOptions
{
    internal static CommandOptions Default { get; } = new();

    public string? Description { get; set; }

    [Obsolete("Use Arguments to describe invocation arguments and ExecuteCommandContext.Arguments to read them.")]
    public object? Parameter { get; set; }

    /// <summary>What the command takes, in the order of their places on a command line.</summary>
    public IReadOnlyList<InteractionInput> Arguments
    {
        get => field;
        set => field = value ?? [];
    } = [];

    /// <summary>Checks the arguments together, after each was checked by itself. With an error the command is not executed.</summary>
    public Func<InputsDialogValidationContext, Task>? ValidateArguments { get; set; }

    /// <summary>What the dashboard asks before it executes the command.</summary>
    public string? ConfirmationMessage { get; set; }

    /// <summary>A name of the Fluent UI icons.</summary>
    public string? IconName { get; set; }

    public IconVariant? IconVariant { get; set; }

    /// <summary>The dashboard gives the command a button of its own.</summary>
    public bool IsHighlighted { get; set; }

    /// <summary>Whether the command can be executed now; called with every change of the resource.</summary>
    public Func<UpdateCommandStateContext, ResourceCommandState>? UpdateState { get; set; }
}
