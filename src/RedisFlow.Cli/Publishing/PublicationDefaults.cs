using Google.Protobuf.Reflection;

namespace RedisFlow.Cli.Publishing;

/// <summary>What the command line says about every message.</summary>
/// <param name="Type">The type, with which the input is payloads; <c>null</c>: the input is whole messages.</param>
/// <param name="Subject">The subject; may name fields of the payload in braces. <c>null</c> only without a
/// type.</param>
/// <param name="Content">The line for people; may name fields too. <c>null</c>: a general one.</param>
internal sealed record PublicationDefaults(MessageDescriptor? Type, string? Subject, string? Content);
