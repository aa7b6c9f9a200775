using System.Collections.Immutable;

namespace Aspire.Hosting.ApplicationModel;

internal static class ResourcePropertyExtensions
{
    /// <summary>Replaces the value of the property of that name, or adds the property.</summary>
    public static ImmutableArray<ResourcePropertySnapshot> SetResourceProperty(
        this ImmutableArray<ResourcePropertySnapshot> properties,
        string name,
        object? value,
        bool isSensitive = false)
    {
        for (var i = 0; i < properties.Length; i++)
        {
            if (ResourceNames.IsSameProperty(properties[i].Name, name))
            {
                return properties.SetItem(i, properties[i] with { Value = value, IsSensitive = isSensitive });
            }
        }

        return properties.Add(new(name, value) { IsSensitive = isSensitive });
    }

    public static ImmutableArray<ResourcePropertySnapshot> SetResourcePropertyRange(
        this ImmutableArray<ResourcePropertySnapshot> properties,
        IEnumerable<ResourcePropertySnapshot> changes)
    {
        foreach (var change in changes)
        {
            properties = properties.RemoveResourceProperty(change.Name).Add(change);
        }

        return properties;
    }

    public static ImmutableArray<ResourcePropertySnapshot> RemoveResourceProperty(
        this ImmutableArray<ResourcePropertySnapshot> properties,
        string name) =>
        properties.RemoveAll(property => ResourceNames.IsSameProperty(property.Name, name));
}
