using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Loader;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace RedisFlow.Cli.Tests;

/// <summary>Writes assemblies that look as if protoc had generated their code.</summary>
internal static class EmittedAssembly
{
    /// <summary>Writes one with a proto file of its own.</summary>
    public static string Write(DirectoryInfo folder, string name, FileDescriptorProto file) =>
        Write(
            folder,
            name,
            il =>
            {
                il.Emit(OpCodes.Ldc_I4_1);
                il.Emit(OpCodes.Newarr, typeof(ByteString));
                il.Emit(OpCodes.Dup);
                il.Emit(OpCodes.Ldc_I4_0);
                il.Emit(OpCodes.Ldstr, file.ToByteString().ToBase64());
                il.Emit(OpCodes.Call, typeof(ByteString).GetMethod(nameof(ByteString.FromBase64))!);
                il.Emit(OpCodes.Stelem_Ref);
                il.Emit(OpCodes.Call, BuildFrom);
                il.Emit(OpCodes.Ldc_I4_0);
                il.Emit(OpCodes.Callvirt, typeof(IReadOnlyList<FileDescriptor>).GetMethod("get_Item")!);
            }
        );

    /// <summary>Writes one whose proto file is the one of another assembly.</summary>
    public static string Write(DirectoryInfo folder, string name, string other)
    {
        var getter = new AssemblyLoadContext("test")
            .LoadFromAssemblyPath(other)
            .GetTypes()
            .Single()
            .GetProperty("Descriptor")!
            .GetMethod!;
        return Write(folder, name, il => il.Emit(OpCodes.Call, getter));
    }

    /// <summary>Writes one that was built for another version of .NET: its only type needs that framework.</summary>
    public static string Write(DirectoryInfo folder, string name, Version framework)
    {
        var runtime = new AssemblyName(Assembly.Load("System.Runtime").FullName!) { Version = framework };
        var other = AssemblyBuilder
            .DefineDynamicAssembly(runtime, AssemblyBuilderAccess.Run)
            .DefineDynamicModule(runtime.Name!)
            .DefineType("System.Base", TypeAttributes.Public)
            .CreateType();
        var assembly = new PersistedAssemblyBuilder(new AssemblyName(name), typeof(object).Assembly);
        assembly.DefineDynamicModule(name).DefineType(name, TypeAttributes.Public, other).CreateType();
        return Save(folder, name, assembly);
    }

    /// <summary>A proto file with one message.</summary>
    public static FileDescriptorProto File(string name, string package, string message) =>
        new()
        {
            Name = name,
            Package = package,
            MessageType = { new DescriptorProto { Name = message } },
        };

    private static MethodInfo BuildFrom { get; } =
        typeof(FileDescriptor).GetMethod(
            nameof(FileDescriptor.BuildFromByteStrings),
            [typeof(IEnumerable<ByteString>)]
        )!;

    private static string Write(DirectoryInfo folder, string name, Action<ILGenerator> body)
    {
        const TypeAttributes Static = TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed;
        var assembly = new PersistedAssemblyBuilder(new AssemblyName(name), typeof(object).Assembly);
        var type = assembly.DefineDynamicModule(name).DefineType($"{name}.{name}Reflection", Static);
        var getter = type.DefineMethod(
            "get_Descriptor",
            MethodAttributes.Public | MethodAttributes.Static,
            typeof(FileDescriptor),
            []
        );
        var il = getter.GetILGenerator();
        body(il);
        il.Emit(OpCodes.Ret);
        type.DefineProperty("Descriptor", PropertyAttributes.None, typeof(FileDescriptor), []).SetGetMethod(getter);
        type.CreateType();
        return Save(folder, name, assembly);
    }

    private static string Save(DirectoryInfo folder, string name, PersistedAssemblyBuilder assembly)
    {
        var path = Path.Combine(folder.FullName, $"{name}.dll");
        assembly.Save(path);
        return path;
    }
}
