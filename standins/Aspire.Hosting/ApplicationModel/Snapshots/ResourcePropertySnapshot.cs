using System.Diagnostics;

namespace Aspire.Hosting.ApplicationModel;

[DebuggerDisplay("{Value}", Name = "{Name}")]
public sealed record ResourcePropertySnapshot(string Name, object? Value)
{
    /// <summary>What the dashboard calls the property; <see langword="null"/>: its name.</summary>
    public string? DisplayName { get; init; }

    /// <summary>The dashboard masks the value until somebody asks to see it.</summary>
    public bool IsSensitive { get; init; }

    /// <summary>The dashboard shows the property even if it does not know its name.</summary>
    public bool IsHighlighted { get; init; }

    /// <summary>Lower comes first.</summary>
    public int? SortOrder { get; init; }
}
