namespace Aspire.Hosting.ApplicationModel;

/// <summary>A part of the distributed application: a project, a container, a parameter.</summary>
public interface IResource
{
    /// <summary>The name, unique within the application.</summary>
    string Name { get; }

    /// <summary>What is known about the resource besides its name.</summary>
    ResourceAnnotationCollection Annotations { get; }
}
