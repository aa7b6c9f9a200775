using Aspire.Hosting.Dcp;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A resource waits for one instance of another.</summary>
internal sealed class DependencyWait
{
    public required IResource Waiter { get; init; }

    public required IResource Dependency { get; init; }

    public required string InstanceId { get; init; }

    /// <summary>The resource's name, or the instance's if there are several.</summary>
    public required string DisplayName { get; init; }

    public required WaitType Type { get; init; }

    public required WaitBehavior Behavior { get; init; }

    public required int ExitCode { get; init; }

    public static IEnumerable<DependencyWait> For(IResource waiter, WaitAnnotation wait, WaitBehavior behavior)
    {
        var ids = wait.Resource.GetResolvedResourceNames();
        return ids.Select(id => new DependencyWait
        {
            Waiter = waiter,
            Dependency = wait.Resource,
            InstanceId = id,
            DisplayName = ids.Count > 1 ? id : wait.Resource.Name,
            Type = wait.WaitType,
            Behavior = behavior,
            ExitCode = wait.ExitCode,
        });
    }

    public DistributedApplicationException Failed(string reason) =>
        new($"Resource '{Waiter.Name}' stopped waiting for dependency resource '{DisplayName}' because {reason}.");
}
