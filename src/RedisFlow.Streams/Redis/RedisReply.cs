using StackExchange.Redis;

namespace RedisFlow.Streams.Redis;

/// <summary>
/// Reads raw replies: those of scripts, and of blocking reads, which the client has no typed calls for. The only place
/// that knows their shapes.
/// </summary>
internal static class RedisReply
{
    /// <summary>Whether the reply is nil, of whatever kind.</summary>
    public static bool IsNull(RedisResult? reply) => reply is null || reply.IsNull;

    /// <summary>The elements of an array; none for nil.</summary>
    public static RedisResult[] Items(RedisResult? reply) => IsNull(reply) ? [] : (RedisResult[]?)reply ?? [];

    /// <summary>A string or a status.</summary>
    public static string Text(RedisResult? reply) =>
        IsNull(reply) ? throw new FormatException("Redis answered nil where a string is required.") : ((string?)reply)!;

    /// <summary>An integer.</summary>
    public static long Integer(RedisResult? reply) =>
        IsNull(reply) ? throw new FormatException("Redis answered nil where an integer is required.") : (long)reply!;

    /// <summary>A stream position.</summary>
    public static MessagePosition Position(RedisResult? reply) => MessagePosition.Parse(Text(reply));

    /// <summary>A stream position, as the client's typed commands return it.</summary>
    public static MessagePosition Position(RedisValue id) => MessagePosition.Parse((string)id!);

    /// <summary>A stream position, or nil.</summary>
    public static MessagePosition? OptionalPosition(RedisResult? reply) => IsNull(reply) ? null : Position(reply);

    /// <summary>
    /// The entries in the reply to an XREAD or XREADGROUP of ONE stream, in RESP2; none for nil (nothing came within
    /// BLOCK).
    /// </summary>
    public static IReadOnlyList<RawEntry> ReadEntries(RedisResult? reply) =>
        Items(reply) switch
        {
            [] => [],
            [var stream] when Items(stream) is [_, var entries] => Array.ConvertAll(Items(entries), Entry),
            var streams => throw new FormatException(
                $"Redis answered {streams.Length} elements where one stream was read."
            ),
        };

    /// <summary>
    /// One entry: <c>[id, [name, value, …]]</c>, or <c>[id, nil]</c> if its data is gone; with CLAIM followed by its
    /// idle time and its previous deliveries.
    /// </summary>
    public static RawEntry Entry(RedisResult? reply) =>
        Items(reply) is { Length: >= 2 } parts
            ? new RawEntry(
                Position(parts[0]),
                Data(parts[1]),
                IsNull(parts[1]),
                parts.Length >= 4 ? Integer(parts[3]) + 1 : 1
            )
            : throw new FormatException("Redis answered something that is no stream entry.");

    /// <summary>
    /// The value of the field <c>data</c> in a flat list of names and values; <c>null</c> if there is no such field.
    /// </summary>
    public static byte[]? Data(RedisResult? fields) => (byte[]?)Field(fields, RawEntry.DataField);

    /// <summary>
    /// The value of a field in a flat list of names and values; <c>null</c> if there is no such field.
    /// </summary>
    public static RedisResult? Field(RedisResult? fields, string name)
    {
        var items = Items(fields);
        for (var i = 0; i + 1 < items.Length; i += 2)
        {
            if ((string?)items[i] == name)
            {
                return items[i + 1];
            }
        }

        return null;
    }
}
