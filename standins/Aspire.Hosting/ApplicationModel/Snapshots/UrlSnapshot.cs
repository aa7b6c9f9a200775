using System.Diagnostics;

namespace Aspire.Hosting.ApplicationModel;

/// <param name="Name">The endpoint's name.</param>
/// <param name="Url">The address.</param>
/// <param name="IsInternal">Shown in the details of the resource only.</param>
[DebuggerDisplay("{Url}", Name = "{Name}")]
public sealed record UrlSnapshot(string? Name, string Url, bool IsInternal)
{
    public UrlDisplayPropertiesSnapshot DisplayProperties { get; init; } = new();

    /// <summary>Nobody listens there now: the dashboard does not show it.</summary>
    public bool IsInactive { get; init; }
}

/// <param name="DisplayName">What is shown instead of the address.</param>
/// <param name="SortOrder">Higher comes first.</param>
public sealed record UrlDisplayPropertiesSnapshot(string DisplayName = "", int SortOrder = 0);
