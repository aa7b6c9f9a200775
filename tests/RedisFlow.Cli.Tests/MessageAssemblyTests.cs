using Google.Protobuf;
using Google.Protobuf.Reflection;
using RedisFlow.Cli.CommandLine;
using RedisFlow.Cli.Messages;
using RedisFlow.Cli.Publishing;

namespace RedisFlow.Cli.Tests;

/// <summary>Assemblies with messages, without a server.</summary>
public sealed class MessageAssemblyTests : IDisposable
{
    private static readonly string[] Known =
    [
        "redisflow.v1.CompanyUpdated",
        "redisflow.v1.CacheInvalidation",
        "google.protobuf.Timestamp",
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("redisflow-cli-");

    [Fact]
    public void Its_messages_are_known_beside_those_of_the_cache_and_of_protobuf()
    {
        Assert.All(Known, name => Assert.True(Load(Tool.Messages).Knows(name), name));
        Assert.Equal(Known.Skip(1), Known.Where(MessageCatalog.BuiltIn.Knows));
        Assert.Equal(["CacheInvalidation"], MessageCatalog.BuiltIn.Types.Select(type => type.Name));
    }

    [Fact]
    public void It_is_read_alone_where_its_messages_need_none_of_its_references()
    {
        var alone = Path.Combine(_folder.FullName, "Alone.dll");
        File.Copy(Tool.Messages, alone);

        Assert.True(Load(alone).Knows(Known[0]));
    }

    [Fact]
    public void Its_references_are_beside_it()
    {
        var shared = EmittedAssembly.Write(_folder, "Shared", EmittedAssembly.File("s.proto", "shop", "OrderPlaced"));
        var orders = EmittedAssembly.Write(_folder, "Orders", shared);
        Assert.True(Load(orders).Knows("shop.OrderPlaced"));

        File.Delete(shared);
        var exception = Assert.Throws<UsageException>(() => Load(orders));
        Assert.Contains(
            $"The messages of '{orders}' (from --messages) need an assembly that cannot be loaded: Shared, Version=",
            exception.Message,
            StringComparison.Ordinal
        );
        Assert.Contains("with its references beside it", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_for_a_newer_framework_is_refused_with_both_versions()
    {
        var newer = EmittedAssembly.Write(_folder, "Newer", new Version(99, 0, 0, 0));

        var exception = Assert.Throws<UsageException>(() => Load(newer));

        Assert.StartsWith(
            $"The messages of '{newer}' (from --messages) need .NET 99.0, and this tool runs on .NET "
                + $"{Environment.Version.ToString(2)}. ",
            exception.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_file_that_is_not_there_is_named_with_what_to_do()
    {
        var exception = Assert.Throws<UsageException>(() => Load(Path.Combine(_folder.FullName, "Orders.dll")));

        Assert.Equal(
            $"There is no file '{_folder.FullName}/Orders.dll' (from --messages): build the project, or give the path "
                + "of the assembly that it makes.",
            exception.Message
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("This is text.")]
    [InlineData("MZ")]
    public void What_is_no_assembly_is_refused(string content)
    {
        var path = Path.Combine(_folder.FullName, "Orders.dll");
        File.WriteAllText(path, content);

        var exception = Assert.Throws<UsageException>(() => Load(path));

        Assert.Equal(
            $"'{path}' (from --messages) is no .NET assembly that can be loaded: give the .dll with the code that "
                + "protoc generated.",
            exception.Message
        );
    }

    [Theory]
    [InlineData("xunit.v3.assert.dll")]
    [InlineData("Google.Protobuf.dll")]
    public void An_assembly_without_messages_is_refused(string file)
    {
        var path = Path.Combine(AppContext.BaseDirectory, file);

        var exception = Assert.Throws<UsageException>(() => Load(path));

        Assert.Contains(
            $"'{path}' (from --messages) has no messages: give the assembly with the code that protoc generated",
            exception.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Two_assemblies_may_have_the_same_proto_file_but_not_two_of_one_name()
    {
        var one = EmittedAssembly.Write(_folder, "One", EmittedAssembly.File("s.proto", "shop", "OrderPlaced"));
        var same = EmittedAssembly.Write(_folder, "Same", EmittedAssembly.File("s.proto", "shop", "OrderPlaced"));
        var other = EmittedAssembly.Write(_folder, "Other", EmittedAssembly.File("s.proto", "bank", "Transfer"));
        Assert.True(Load(one, same).Knows("shop.OrderPlaced"));

        var exception = Assert.Throws<UsageException>(() => Load(one, other));

        Assert.Contains(one, exception.Message, StringComparison.Ordinal);
        Assert.Contains(other, exception.Message, StringComparison.Ordinal);
        Assert.Contains("'s.proto'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_short_name_of_several_types_is_refused_and_a_full_one_is_found()
    {
        var names = new MessageTypeNames(
            new MessageCatalog([
                Descriptor(EmittedAssembly.File("s.proto", "shop", "OrderPlaced")),
                Descriptor(EmittedAssembly.File("b.proto", "bank", "OrderPlaced")),
            ])
        );

        Assert.Equal("bank.OrderPlaced", names.Find("bank.OrderPlaced").FullName);
        Assert.Equal("shop.OrderPlaced", names.Find("shop.order-placed").FullName);
        Assert.Equal(
            "'order.placed' means several message types: shop.OrderPlaced, bank.OrderPlaced. Give the full name.",
            Assert.Throws<UsageException>(() => names.Find("order.placed")).Message
        );
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static FileDescriptor Descriptor(FileDescriptorProto file) =>
        FileDescriptor.BuildFromByteStrings([file.ToByteString()])[0];

    private static MessageCatalog Load(params string[] paths) =>
        MessageLoader.Load([.. paths.Select(path => new MessageFile(path, "--messages", MustExist: true))]);
}
