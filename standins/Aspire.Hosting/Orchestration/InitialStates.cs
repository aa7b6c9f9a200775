using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;

namespace Aspire.Hosting.Orchestration;

/// <summary>Makes every resource visible before anything starts, and gives parameters their values.</summary>
internal sealed class InitialStates(ResourceNotificationService notifications, ResourceLoggerService loggers)
{
    public static ImmutableArray<HealthReportSnapshot> HealthReports(IResource resource) =>
        resource.TryGetAnnotationsIncludingAncestorsOfType<HealthCheckAnnotation>(out var checks)
            ? [.. checks.DistinctBy(check => check.Key).Select(check => new HealthReportSnapshot(check.Key, Status: null, Description: null, ExceptionText: null))]
            : [];

    public async Task PublishAsync(IReadOnlyList<IResource> resources)
    {
        foreach (var resource in resources)
        {
            await notifications.PublishUpdateAsync(resource, state => state with
            {
                ResourceType = TypeOf(resource) ?? state.ResourceType,
                State = resource.HasAnnotationOfType<ExplicitStartupAnnotation>() ? KnownResourceStates.NotStarted : state.State,
                Relationships = [.. state.Relationships.Union(WorkloadSnapshots.Relationships(resource))],
                HealthReports = HealthReports(resource),
                Properties = ParentOf(resource) is { } parent
                    ? state.Properties.SetResourceProperty(KnownProperties.Resource.ParentName, parent.GetResolvedResourceNames()[0])
                    : state.Properties,
            });
            if (resource is ParameterResource parameter)
            {
                await PublishValueAsync(parameter);
            }
        }
    }

    private static IResource? ParentOf(IResource resource) =>
        resource is IResourceWithParent { Parent: var parent }
            ? parent
            : resource.Annotations.OfType<ResourceRelationshipAnnotation>()
                .LastOrDefault(annotation => annotation.Type == KnownRelationshipTypes.Parent)?.Resource;

    private static string? TypeOf(IResource resource) => resource switch
    {
        _ when resource.HasAnnotationOfType<ResourceSnapshotAnnotation>() => null,
        ProjectResource => "Project",
        ExecutableResource => "Executable",
        _ when resource.IsContainer() => "Container",
        _ => null,
    };

    private async Task PublishValueAsync(ParameterResource parameter)
    {
        try
        {
            var value = await parameter.GetValueAsync(CancellationToken.None);
            await notifications.PublishUpdateAsync(parameter, state => state with
            {
                State = new(KnownResourceStates.Running, KnownResourceStateStyles.Success),
                Properties = state.Properties.SetResourceProperty(KnownProperties.Parameter.Value, value, parameter.Secret),
            });
        }
        catch (MissingParameterValueException exception)
        {
            ParameterLog.Missing(loggers.GetLogger(parameter), exception.Message);
            await notifications.PublishUpdateAsync(parameter, state => state with
            {
                State = new(KnownResourceStates.ValueMissing, KnownResourceStateStyles.Warn),
            });
        }
    }
}

internal static partial class ParameterLog
{
    [LoggerMessage(LogLevel.Warning, "{Message}")]
    public static partial void Missing(ILogger logger, string message);
}
