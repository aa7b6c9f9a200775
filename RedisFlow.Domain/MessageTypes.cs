using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Google.Protobuf.Reflection;
using RedisFlow.Domain.Messages;

namespace RedisFlow.Domain;

/// <summary>
/// The payload types that this system knows. A message with another one is parked, until a worker knows it. They are found in the
/// assembly: a message that is added to a proto file, or with a new one, is known by itself.
/// </summary>
public static class MessageTypes
{
    /// <summary>The proto files of this assembly, the envelope's included, by name.</summary>
    public static IReadOnlyList<FileDescriptor> Files { get; } = OwnFiles();

    /// <summary>Every message of this assembly's files, but for the envelope: that is no payload.</summary>
    public static TypeRegistry Registry { get; } = RegistryOf(Files);

    /// <summary>The types of <see cref="Registry"/>, and those of other assemblies that have proto files.</summary>
    /// <param name="assemblies">The assemblies with the generated code, e.g. <c>typeof(OrderPlaced).Assembly</c>.</param>
    /// <exception cref="ArgumentException">An assembly has no generated code of a proto file.</exception>
    [RequiresUnreferencedCode("What trims the application may remove messages of the assemblies. Use the descriptors of their files, e.g. OrdersReflection.Descriptor.")]
    public static TypeRegistry With(params Assembly[] assemblies)
    {
        ArgumentNullException.ThrowIfNull(assemblies);
        var others = assemblies.Select(assembly => FilesOf(assembly) is { Count: > 0 } files
            ? files
            : throw new ArgumentException(
                $"The assembly {assembly.GetName().Name} has no messages; give the one with the code that protoc generated, e.g. typeof(OrderPlaced).Assembly.",
                nameof(assemblies)));
        return RegistryOf(others.Prepend(Files).SelectMany(files => files));
    }

    /// <summary>The types of <see cref="Registry"/>, and those of other proto files.</summary>
    /// <param name="files">Their descriptors, e.g. <c>OrdersReflection.Descriptor</c>.</param>
    public static TypeRegistry With(params FileDescriptor[] files)
    {
        ArgumentNullException.ThrowIfNull(files);
        return RegistryOf(Files.Concat(files));
    }

    private static TypeRegistry RegistryOf(IEnumerable<FileDescriptor> files) =>
        TypeRegistry.FromFiles(files.Where(file => file != StreamMessageReflection.Descriptor));

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "ILLink.Descriptors.xml keeps all of this assembly.")]
    private static IReadOnlyList<FileDescriptor> OwnFiles() => FilesOf(typeof(MessageTypes).Assembly);

    // The generated code has, for each file, one static class with its descriptor.
    [RequiresUnreferencedCode("Looks for the generated code by reflection.")]
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Where the class is there, its only property is: its messages' own descriptors use it.")]
    private static IReadOnlyList<FileDescriptor> FilesOf(Assembly assembly) =>
    [
        .. assembly.GetTypes()
            .Where(type => type is { IsAbstract: true, IsSealed: true })
            .Select(type => type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static))
            .Where(property => property?.PropertyType == typeof(FileDescriptor))
            .Select(property => (FileDescriptor)property!.GetValue(null)!)
            .OrderBy(file => file.Name, StringComparer.Ordinal),
    ];
}
