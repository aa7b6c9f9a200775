using Google.Protobuf.WellKnownTypes;
using RedisFlow.Domain;
using RedisFlow.Domain.Messages;

namespace RedisFlow.Streams.Tests;

public sealed class MessageTypesTests
{
    [Fact]
    public void Every_message_of_the_files_but_the_envelope_is_a_known_payload()
    {
        var types = MessageTypes.Of([.. DomainMessages.Files, StreamMessageReflection.Descriptor]);

        Assert.All(
            DomainMessages.Files.SelectMany(file => file.MessageTypes),
            type => Assert.Same(type, types.Find(type.FullName))
        );
        Assert.Null(types.Find(StreamMessage.Descriptor.FullName));
        Assert.Null(types.Find("redisflow.v1.Unheard"));
    }

    [Fact]
    public void An_assembly_without_messages_is_refused_with_a_hint()
    {
        var refused = Assert.Throws<ArgumentException>(() => MessageTypes.FilesOf(typeof(MessageTypesTests).Assembly));
        Assert.Contains("RedisFlow.Streams.Tests has no messages", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_files_of_an_assembly_are_found()
    {
        Assert.Contains(DurationReflection.Descriptor, MessageTypes.FilesOf(typeof(Duration).Assembly));
        Assert.Equal(DomainMessages.Files, MessageTypes.FilesOf(typeof(CompanyUpdated).Assembly));
    }
}
