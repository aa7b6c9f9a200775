using Google.Protobuf.Reflection;
using RedisFlow.Caching;
using RedisFlow.Domain;
using RedisFlow.Streams;

namespace RedisFlow.Cli.Messages;

/// <summary>The payload types that the command shows as JSON and publishes.</summary>
internal static class KnownMessages
{
    public static IReadOnlyList<FileDescriptor> Files { get; } =
    [.. DomainMessages.Files, CacheInvalidationReflection.Descriptor];

    public static TypeRegistry Registry { get; } = MessageTypes.Of(Files);
}
