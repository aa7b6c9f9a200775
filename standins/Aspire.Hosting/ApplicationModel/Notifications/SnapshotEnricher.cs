namespace Aspire.Hosting.ApplicationModel;

/// <summary>Puts into a snapshot what follows from the resource's annotations and from the snapshot itself.</summary>
internal static class SnapshotEnricher
{
    public static CustomResourceSnapshot Enrich(IResource resource, CustomResourceSnapshot snapshot, IServiceProvider services)
    {
        if (!ResourceNames.IsSameState(snapshot.State?.Text, KnownResourceStates.Waiting))
        {
            snapshot = snapshot with { Properties = snapshot.Properties.RemoveResourceProperty(KnownProperties.Resource.WaitingFor) };
        }

        return WithIcon(resource, WithCommands(resource, snapshot, services));
    }

    private static CustomResourceSnapshot WithCommands(IResource resource, CustomResourceSnapshot snapshot, IServiceProvider services)
    {
        var commands = snapshot.Commands;
        foreach (var annotation in resource.Annotations.OfType<ResourceCommandAnnotation>())
        {
            var state = annotation.UpdateState(new() { ResourceSnapshot = snapshot, Services = services });
            var known = commands.FirstOrDefault(command => ResourceNames.IsSameCommand(command.Name, annotation.Name));
            commands = known is null
                ? commands.Add(CreateCommand(annotation, state))
                : commands.Replace(known, known with { State = state });
        }

        return snapshot with { Commands = commands };
    }

    private static ResourceCommandSnapshot CreateCommand(ResourceCommandAnnotation annotation, ResourceCommandState state) => new(
        annotation.Name,
        state,
        annotation.DisplayName,
        annotation.DisplayDescription,
#pragma warning disable CS0618 // Obsolete, and carried on all the same.
        annotation.Parameter,
#pragma warning restore CS0618
        annotation.ConfirmationMessage,
        annotation.IconName,
        annotation.IconVariant,
        annotation.IsHighlighted)
    {
        Arguments = annotation.Arguments,
    };

    private static CustomResourceSnapshot WithIcon(IResource resource, CustomResourceSnapshot snapshot) =>
        resource.Annotations.OfType<ResourceIconAnnotation>().LastOrDefault() is { } icon
            ? snapshot with
            {
                IconName = string.IsNullOrEmpty(snapshot.IconName) ? icon.IconName : snapshot.IconName,
                IconVariant = snapshot.IconVariant ?? icon.IconVariant,
            }
            : snapshot;
}
