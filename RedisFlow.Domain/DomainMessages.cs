using Google.Protobuf.Reflection;
using RedisFlow.Domain.Messages;

namespace RedisFlow.Domain;

/// <summary>The messages of this system.</summary>
public static class DomainMessages
{
    /// <summary>Gets the proto files of this system. A new file is added here.</summary>
    public static IReadOnlyList<FileDescriptor> Files { get; } = [OrganizationEventsReflection.Descriptor];
}
