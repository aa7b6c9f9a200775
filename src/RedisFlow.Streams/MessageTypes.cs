using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Google.Protobuf.Reflection;

namespace RedisFlow.Streams;

/// <summary>
/// Makes the registry of the payload types that an application knows. A message with another type is parked, until a
/// worker knows it.
/// </summary>
/// <remarks>
/// The engine makes one of what <see cref="RedisStreamsBuilder.AddMessages"/> names and of what consumers handle. An
/// application that registers a <see cref="TypeRegistry"/> itself gets that one.
/// </remarks>
public static class MessageTypes
{
    /// <summary>Returns a registry with every message of some proto files, and of those that they import.</summary>
    /// <param name="files">The descriptors of the files, e.g. <c>OrdersReflection.Descriptor</c>.</param>
    public static TypeRegistry Of(params IEnumerable<FileDescriptor> files)
    {
        ArgumentNullException.ThrowIfNull(files);

        // The envelope is no payload.
        return TypeRegistry.FromFiles(files.Where(file => file != StreamMessageReflection.Descriptor));
    }

    /// <summary>Returns the proto files whose generated code an assembly has, by name.</summary>
    /// <param name="assembly">The assembly, e.g. <c>typeof(OrderPlaced).Assembly</c>.</param>
    /// <exception cref="ArgumentException">The assembly has no generated code of a proto file.</exception>
    [RequiresUnreferencedCode(
        "What trims the application may remove messages of the assembly. Use the descriptors of its files, e.g. "
            + "OrdersReflection.Descriptor."
    )]
    public static IReadOnlyList<FileDescriptor> FilesOf(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);

        var files = FilesOf(assembly.GetTypes());
        return files.Count > 0
            ? files
            : throw new ArgumentException(
                $"The assembly {assembly.GetName().Name} has no messages; give the one with the code that protoc "
                    + "generated, e.g. typeof(OrderPlaced).Assembly.",
                nameof(assembly)
            );
    }

    /// <summary>Returns the proto files whose generated code is among some types, by name.</summary>
    /// <param name="types">The types, e.g. those of an assembly that can be loaded.</param>
    [RequiresUnreferencedCode("What trims the application may remove the descriptors of the types.")]
    public static IReadOnlyList<FileDescriptor> FilesOf(IEnumerable<Type> types) =>
        // The generated code has, for each file, one static class with its descriptor.
        [
            .. types
                .Where(type => type is { IsAbstract: true, IsSealed: true })
                .Select(type => type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static))
                .Where(property => property?.PropertyType == typeof(FileDescriptor))
                .Select(property => (FileDescriptor)property!.GetValue(null)!)
                .OrderBy(file => file.Name, StringComparer.Ordinal),
        ];
}
