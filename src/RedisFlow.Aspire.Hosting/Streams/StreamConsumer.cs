namespace Aspire.Hosting.ApplicationModel;

/// <summary>A resource that consumes a stream.</summary>
/// <param name="Resource">The resource.</param>
/// <param name="Group">The name of its consumer group.</param>
public sealed record StreamConsumer(IResource Resource, string Group);
