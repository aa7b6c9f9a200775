namespace Aspire.Hosting.ApplicationModel;

/// <param name="ResourceName">The other resource.</param>
/// <param name="Type">One of <see cref="KnownRelationshipTypes"/>, or any text.</param>
public sealed record RelationshipSnapshot(string ResourceName, string Type);

/// <summary>The relationships that the dashboard's graph knows.</summary>
internal static class KnownRelationshipTypes
{
    public const string WaitFor = nameof(WaitFor);
    public const string Reference = nameof(Reference);
    public const string Parent = nameof(Parent);
}
