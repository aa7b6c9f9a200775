using RedisFlow.Chaos.Recording;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Chaos.Processes.Sabotage;

/// <summary>A message as a hand-written consumer reads it.</summary>
internal sealed record RawMessage(MessageId Id, MessagePosition Position, long Deliveries)
{
    /// <summary>The messages in the reply (RESP2) to an XREADGROUP of one stream.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="isNew">Whether they were delivered for the first time.</param>
    public static List<RawMessage> ParseAll(RedisResult reply, bool isNew)
    {
        if (reply.IsNull)
        {
            return [];
        }

        var stream = (RedisResult[])((RedisResult[])reply!)[0]!;
        return [.. ((RedisResult[])stream[1]!).Select(entry => Parse((RedisResult[])entry!, isNew))];
    }

    private static RawMessage Parse(RedisResult[] entry, bool isNew)
    {
        var fields = (RedisResult[])entry[1]!;
        var envelope = StreamMessage.Parser.ParseFrom((byte[])fields[1]!);
        return new RawMessage(
            MessageId.Parse(envelope.Subject, envelope.EntityVersion),
            MessagePosition.Parse((string)entry[0]!),
            isNew ? 1 : 2
        );
    }
}
