using Google.Protobuf.Reflection;

namespace RedisFlow.Streams.Registration;

/// <summary>Proto files with messages that the application knows.</summary>
internal sealed record KnownMessages(IReadOnlyList<FileDescriptor> Files);
