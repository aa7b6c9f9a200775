using Google.Protobuf.Reflection;
using RedisFlow.Cli.CommandLine;

namespace RedisFlow.Cli.Messages;

/// <summary>Makes the catalog of what some assemblies have.</summary>
internal static class MessageLoader
{
    /// <summary>Loads the assemblies.</summary>
    /// <exception cref="UsageException">One of them cannot be used; the message says why.</exception>
    public static MessageCatalog Load(IReadOnlyList<MessageFile> files)
    {
        var loaded = new Dictionary<string, (FileDescriptor Descriptor, MessageFile File)>(StringComparer.Ordinal);
        string? hint = null;
        foreach (var file in files)
        {
            if (File.Exists(file.Path))
            {
                Add(loaded, file);
            }
            else if (file.MustExist)
            {
                throw new UsageException(
                    $"There is no file {file}: build the project, or give the path of the assembly that it makes."
                );
            }
            else
            {
                hint = $"There is no file {file}: build the project, or give --messages <assembly.dll>.";
            }
        }

        return new MessageCatalog(loaded.Values.Select(known => known.Descriptor), hint);
    }

    private static void Add(Dictionary<string, (FileDescriptor Descriptor, MessageFile File)> loaded, MessageFile file)
    {
        foreach (var descriptor in MessageAssembly.Read(file))
        {
            if (
                !loaded.TryAdd(descriptor.Name, (descriptor, file))
                && loaded[descriptor.Name].Descriptor.SerializedData != descriptor.SerializedData
            )
            {
                throw new UsageException(
                    $"{loaded[descriptor.Name].File} and {file} each have a proto file '{descriptor.Name}', and these "
                        + "differ: give one of the two."
                );
            }
        }
    }
}
