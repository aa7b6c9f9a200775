using System.Reflection;
using System.Reflection.Metadata;
using System.Runtime.Loader;
using Google.Protobuf.Reflection;
using RedisFlow.Cli.CommandLine;
using RedisFlow.Streams;

namespace RedisFlow.Cli.Messages;

/// <summary>
/// An assembly with generated messages, and what it refers to: from its own folder, but Google.Protobuf and the
/// framework are the tool's. Files are read into memory: a build may replace them while the tool runs.
/// </summary>
internal sealed class MessageAssembly : AssemblyLoadContext
{
    private static readonly Assembly Protobuf = typeof(FileDescriptor).Assembly;
    private static readonly string Framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    private readonly string _folder;
    private readonly AssemblyDependencyResolver _references;

    private MessageAssembly(string path)
        : base(path)
    {
        _folder = Path.GetDirectoryName(path)!;
        _references = new AssemblyDependencyResolver(path);
    }

    /// <summary>Returns the proto files whose generated code the assembly has.</summary>
    /// <exception cref="UsageException">
    /// It cannot be read or has none; the message says what would be right.
    /// </exception>
    public static IReadOnlyList<FileDescriptor> Read(MessageFile file)
    {
        try
        {
            var messages = new MessageAssembly(file.Path);
            var (types, fault) = TypesOf(messages.Open(file.Path));
            var found = MessageTypes.FilesOf(types);
            return found.Count > 0 ? found
                : fault is null
                    ? throw new UsageException(
                        $"{file} has no messages: give the assembly with the code that protoc generated from .proto "
                            + "files."
                    )
                : throw Unloadable(file, fault);
        }
        catch (BadImageFormatException exception)
        {
            throw new UsageException(
                $"{file} is no .NET assembly that can be loaded: give the .dll with the code that protoc generated.",
                exception
            );
        }
        catch (TargetInvocationException exception)
        {
            throw Unloadable(file, exception.GetBaseException());
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            // InvalidOperationException: its .deps.json cannot be used.
            throw new UsageException($"{file} cannot be read: {exception.Message}", exception);
        }
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name == Protobuf.GetName().Name)
        {
            return Protobuf;
        }

        if (File.Exists(Path.Combine(Framework, $"{assemblyName.Name}.dll")))
        {
            return null;
        }

        var beside = Path.Combine(_folder, $"{assemblyName.Name}.dll");
        return _references.ResolveAssemblyToPath(assemblyName) is { } path ? Open(path)
            : File.Exists(beside) ? Open(beside)
            : null;
    }

    private Assembly Open(string path)
    {
        using var content = new MemoryStream(File.ReadAllBytes(path));
        return LoadFromStream(content);
    }

    /// <summary>
    /// The types, without those that need what is not there: a service's own classes may, its messages do not.
    /// </summary>
    private static (IEnumerable<Type> Types, Exception? Fault) TypesOf(Assembly assembly)
    {
        try
        {
            return (assembly.GetTypes(), null);
        }
        catch (ReflectionTypeLoadException exception)
        {
            return (exception.Types.OfType<Type>(), exception.LoaderExceptions.OfType<Exception>().FirstOrDefault());
        }
    }

    private static UsageException Unloadable(MessageFile file, Exception fault)
    {
        if (NewerFramework(fault) is { } newer)
        {
            return new UsageException(
                $"The messages of {file} need .NET {newer}, and this tool runs on .NET "
                    + $"{Environment.Version.ToString(2)}. Give an assembly that is built for this one, or start the "
                    + "tool with the variable DOTNET_ROLL_FORWARD=LatestMajor, where the newer .NET is installed.",
                fault
            );
        }

        return new UsageException(
            fault is FileNotFoundException or FileLoadException
                ? $"The messages of {file} need an assembly that cannot be loaded: {FileOf(fault)}. Give the file in "
                    + "the folder that its build or 'dotnet publish' makes, with its references beside it."
                : $"The messages of {file} cannot be loaded: {fault.Message} They may need another version of "
                    + $"Google.Protobuf than this tool's {Protobuf.GetName().Version}.",
            fault
        );
    }

    /// <summary>The version of the framework that is missing; <c>null</c> if that is not what is missing.</summary>
    private static string? NewerFramework(Exception fault) =>
        AssemblyNameInfo.TryParse(FileOf(fault), out var missing)
        && missing.Version is { } version
        && version.Major > Environment.Version.Major
        && File.Exists(Path.Combine(Framework, $"{missing.Name}.dll"))
            ? version.ToString(2)
            : null;

    private static string? FileOf(Exception fault) =>
        fault switch
        {
            FileNotFoundException missing => missing.FileName,
            FileLoadException refused => refused.FileName,
            _ => null,
        };
}
