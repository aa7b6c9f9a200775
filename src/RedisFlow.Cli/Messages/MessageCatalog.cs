using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using RedisFlow.Caching;
using RedisFlow.Streams;

namespace RedisFlow.Cli.Messages;

/// <summary>
/// The payload types that the command shows as JSON and publishes: those of the assemblies that it was told, the
/// cache's invalidation, and protobuf's well-known types.
/// </summary>
internal sealed class MessageCatalog
{
    /// <summary>The most levels of a payload that is shown: with what is around it, as many as JSON may have.</summary>
    public const int MaxDepth = 60;

    private const string Advice = "--messages <assembly.dll> adds the types of an assembly with generated messages.";

    private static readonly FileDescriptor[] WellKnown =
    [
        AnyReflection.Descriptor,
        ApiReflection.Descriptor,
        DurationReflection.Descriptor,
        EmptyReflection.Descriptor,
        FieldMaskReflection.Descriptor,
        SourceContextReflection.Descriptor,
        StructReflection.Descriptor,
        TimestampReflection.Descriptor,
        TypeReflection.Descriptor,
        WrappersReflection.Descriptor,
    ];

    private readonly TypeRegistry _types;
    private readonly JsonParser _parser;

    /// <param name="loaded">The proto files of the assemblies.</param>
    /// <param name="hint">How to have more types; by default by the option.</param>
    public MessageCatalog(IEnumerable<FileDescriptor> loaded, string? hint = null)
    {
        // Another copy of the engine's assembly has its files too, and the envelope is no payload.
        FileDescriptor[] own =
        [
            CacheInvalidationReflection.Descriptor,
            .. loaded.Where(file => file.Name != StreamMessageReflection.Descriptor.Name),
        ];
        own = [.. own.DistinctBy(file => file.Name)];
        Files = [.. own, .. WellKnown];
        Types = [.. own.SelectMany(file => file.MessageTypes).OrderBy(type => type.Name, StringComparer.Ordinal)];
        Hint = hint ?? Advice;
        _types = MessageTypes.Of(Files);
        Json = JsonFormatter.Settings.Default.WithTypeRegistry(_types);
        _parser = new JsonParser(new JsonParser.Settings(recursionLimit: 100, _types));
    }

    /// <summary>What is known without an assembly.</summary>
    public static MessageCatalog BuiltIn { get; } = new([]);

    /// <summary>The proto files.</summary>
    public IReadOnlyList<FileDescriptor> Files { get; }

    /// <summary>The types that are published, without the well-known ones, which are parts of others.</summary>
    public IReadOnlyList<MessageDescriptor> Types { get; }

    /// <summary>How to have more types, in a sentence.</summary>
    public string Hint { get; }

    /// <summary>How payloads of these types are written.</summary>
    public JsonFormatter.Settings Json { get; }

    /// <summary>Whether the type is known by this full name.</summary>
    public bool Knows(string name) => _types.Find(name) is not null;

    /// <summary>A payload from its JSON form.</summary>
    public IMessage Parse(string json, MessageDescriptor type) => _parser.Parse(json, type);
}
