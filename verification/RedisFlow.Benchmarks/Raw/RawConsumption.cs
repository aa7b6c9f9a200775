namespace RedisFlow.Benchmarks.Raw;

/// <summary>Ways to consume a filled stream with nothing but commands.</summary>
internal static class RawConsumption
{
    /// <summary>
    /// Pages, each acknowledged by one command that no caller awaits until the end; nothing is decoded. The client's
    /// limit.
    /// </summary>
    public static async Task<long> PagesAsync(
        RawClient client,
        string group,
        int count,
        CancellationToken cancellationToken
    )
    {
        var acknowledging = new PipelineWindow(16);
        var messages = 0L;
        while (await client.ReadGroupAsync(group, count) is { Length: > 0 } entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            messages += entries.Length;
            await acknowledging.AddAsync(client.AcknowledgeAsync(group, entries));
        }

        await acknowledging.DrainAsync();
        return messages;
    }

    /// <summary>One entry at a time, and its acknowledgement awaited: the usual loop.</summary>
    public static async Task<long> OneByOneAsync(
        RawClient client,
        string group,
        int most,
        CancellationToken cancellationToken
    )
    {
        var messages = 0L;
        while (messages < most && await client.ReadGroupAsync(group, 1) is { Length: > 0 } entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await client.AcknowledgeAsync(group, entries);
            messages++;
        }

        return messages;
    }
}
