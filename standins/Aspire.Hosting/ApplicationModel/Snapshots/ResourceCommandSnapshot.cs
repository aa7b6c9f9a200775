using System.Diagnostics;

namespace Aspire.Hosting.ApplicationModel;

/// <param name="Name">The name under which it is executed.</param>
/// <param name="State">Whether it can be executed now.</param>
/// <param name="DisplayName">What the dashboard calls it.</param>
/// <param name="DisplayDescription">The tooltip.</param>
/// <param name="Parameter">Obsolete.</param>
/// <param name="ConfirmationMessage">What the dashboard asks first; <see langword="null"/>: nothing.</param>
/// <param name="IconName">A name of the Fluent UI icons.</param>
/// <param name="IconVariant">The icon's variant.</param>
/// <param name="IsHighlighted">True if it has a button of its own.</param>
[DebuggerDisplay("{State}", Name = "{Name}")]
public sealed record ResourceCommandSnapshot(
    string Name,
    ResourceCommandState State,
    string DisplayName,
    string? DisplayDescription,
    [property: Obsolete("Use Arguments to describe invocation arguments.")] object? Parameter,
    string? ConfirmationMessage,
    string? IconName,
    IconVariant? IconVariant,
    bool IsHighlighted)
{
    /// <summary>What it takes.</summary>
    public IReadOnlyList<InteractionInput> Arguments { get; init; } = [];
}

public enum ResourceCommandState
{
    Enabled,
    Disabled,
    Hidden,
}
