using Google.Protobuf.Reflection;
using RedisFlow.Domain.Messages;

namespace RedisFlow.Domain;

/// <summary>The payload types that this system knows. A payload of another type is dead-lettered, since nobody can say what it means.</summary>
public static class MessageTypes
{
    /// <summary>Every message of the payload files. A new message in one of those files is known by itself; a new file is added here.</summary>
    public static TypeRegistry Registry { get; } = TypeRegistry.FromFiles(
        CacheInvalidationReflection.Descriptor,
        OrganizationEventsReflection.Descriptor);
}
