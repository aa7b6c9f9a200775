using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting
{
    /// <summary>Where a project is.</summary>
    public interface IProjectMetadata : IResourceAnnotation
    {
        string ProjectPath { get; }

        LaunchSettings? LaunchSettings => null;

        bool SuppressBuild => false;
    }

    /// <summary>A project by its path only.</summary>
    internal sealed class ProjectMetadata(string projectPath) : IProjectMetadata
    {
        public string ProjectPath { get; } = projectPath;
    }
}

namespace Aspire.Hosting.ApplicationModel
{
    /// <summary>A .NET project.</summary>
    public class ProjectResource(string name)
        : Resource(name),
        IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithEndpoints, IResourceWithWaitSupport, IComputeResource;

    /// <summary>The launch profile that a project starts with.</summary>
    public sealed class LaunchProfileAnnotation(string launchProfileName) : IResourceAnnotation
    {
        public string LaunchProfileName { get; } = launchProfileName;
    }

    /// <summary>The launch profile that a project starts with if it has one of that name.</summary>
    public sealed class DefaultLaunchProfileAnnotation(string launchProfileName) : IResourceAnnotation
    {
        public string LaunchProfileName { get; } = launchProfileName;
    }

    /// <summary>The project starts without a launch profile.</summary>
    public sealed class ExcludeLaunchProfileAnnotation : IResourceAnnotation;

    /// <summary>Reads what is known of a project.</summary>
    public static class ProjectResourceExtensions
    {
        public static IEnumerable<ProjectResource> GetProjectResources(this DistributedApplicationModel model) => model.Resources.OfType<ProjectResource>();

        public static IProjectMetadata GetProjectMetadata(this ProjectResource projectResource) =>
            projectResource.Annotations.OfType<IProjectMetadata>().Single();

        internal static (string Name, LaunchProfile Profile)? GetEffectiveLaunchProfile(this ProjectResource resource)
        {
            if (resource.HasAnnotationOfType<ExcludeLaunchProfileAnnotation>())
            {
                return null;
            }

            var metadata = resource.GetProjectMetadata();
            var profiles = (metadata.LaunchSettings ?? LaunchSettingsReader.Read(Path.GetDirectoryName(metadata.ProjectPath)!))?.Profiles ?? [];
            if (resource.TryGetLastAnnotation<LaunchProfileAnnotation>(out var chosen))
            {
                return profiles.TryGetValue(chosen.LaunchProfileName, out var profile)
                    ? (chosen.LaunchProfileName, profile)
                    : throw new DistributedApplicationException($"Launch profile '{chosen.LaunchProfileName}' of project resource '{resource.Name}' was not found.");
            }

            if (resource.TryGetLastAnnotation<DefaultLaunchProfileAnnotation>(out var wanted)
                && profiles.TryGetValue(wanted.LaunchProfileName, out var byDefault))
            {
                return (wanted.LaunchProfileName, byDefault);
            }

            var first = profiles.FirstOrDefault(profile => profile.Value.CommandName == "Project");
            return first.Value is null ? null : (first.Key, first.Value);
        }
    }
}
