using System.Reflection;
using Google.Protobuf.Reflection;
using RedisFlow.Domain.Messages;

namespace RedisFlow.Domain;

/// <summary>
/// The payload types that this system knows. A payload of another type is dead-lettered, since nobody can say what it means. They are found in the
/// assembly: a message that is added to a proto file, or with a new one, is known by itself.
/// </summary>
public static class MessageTypes
{
    /// <summary>The proto files of this assembly, the envelope's included, by name.</summary>
    public static IReadOnlyList<FileDescriptor> Files { get; } = FilesOf(typeof(MessageTypes).Assembly);

    /// <summary>Every message of this assembly's files, but for the envelope: that is no payload.</summary>
    public static TypeRegistry Registry { get; } = With();

    /// <summary>The types of <see cref="Registry"/>, and those of other assemblies that have proto files.</summary>
    /// <param name="assemblies">The assemblies with the generated code, e.g. <c>typeof(OrderPlaced).Assembly</c>.</param>
    /// <exception cref="ArgumentException">An assembly has no generated code of a proto file.</exception>
    public static TypeRegistry With(params Assembly[] assemblies)
    {
        ArgumentNullException.ThrowIfNull(assemblies);
        var others = assemblies.Select(assembly => FilesOf(assembly) is { Count: > 0 } files
            ? files
            : throw new ArgumentException(
                $"The assembly {assembly.GetName().Name} has no messages; give the one with the code that protoc generated, e.g. typeof(OrderPlaced).Assembly.",
                nameof(assemblies)));
        return TypeRegistry.FromFiles(others.Prepend(Files).SelectMany(files => files).Where(file => file != StreamMessageReflection.Descriptor));
    }

    // The generated code has, for each file, one static class with its descriptor.
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
