namespace Aspire.Hosting.ApplicationModel;

/// <summary>What a wait does when the resource waited for becomes unavailable.</summary>
public enum WaitBehavior
{
    /// <summary>Go on waiting: somebody may start the resource again.</summary>
    WaitOnResourceUnavailable,

    /// <summary>Throw a <see cref="DistributedApplicationException"/>.</summary>
    StopOnResourceUnavailable,
}
