using RedisFlow.Domain.Messages;

namespace RedisFlow.Domain.Tests;

public sealed class MessageTypesTests
{
    [Fact]
    public void Every_proto_file_is_found_without_being_named_anywhere()
    {
        var root = ProtoRoot();
        var sources = Directory.EnumerateFiles(root, "*.proto", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(root, path).Replace('\\', '/'));

        Assert.Equal(sources.Order(StringComparer.Ordinal), MessageTypes.Files.Select(file => file.Name));
    }

    [Fact]
    public void Every_message_but_the_envelope_is_a_known_payload()
    {
        var payloads = MessageTypes.Files.SelectMany(file => file.MessageTypes).Where(type => type != StreamMessage.Descriptor).ToArray();

        Assert.Contains(CompanyUpdated.Descriptor, payloads);
        Assert.All(payloads, type => Assert.Same(type, MessageTypes.Registry.Find(type.FullName)));
        Assert.Null(MessageTypes.Registry.Find(StreamMessage.Descriptor.FullName));
        Assert.Null(MessageTypes.Registry.Find("redisflow.v1.Unheard"));
    }

    [Fact]
    public void An_assembly_without_messages_is_refused_with_a_hint()
    {
        var refused = Assert.Throws<ArgumentException>(() => MessageTypes.With(typeof(MessageTypesTests).Assembly));
        Assert.Contains("RedisFlow.Domain.Tests has no messages", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_types_of_another_assembly_come_on_top()
    {
        var types = MessageTypes.With(typeof(Google.Protobuf.WellKnownTypes.Duration).Assembly);

        Assert.NotNull(types.Find("google.protobuf.Duration"));
        Assert.Same(CompanyUpdated.Descriptor, types.Find(CompanyUpdated.Descriptor.FullName));
    }

    private static string ProtoRoot([System.Runtime.CompilerServices.CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "RedisFlow.Domain", "Protos"));
}
