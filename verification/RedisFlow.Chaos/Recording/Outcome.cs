namespace RedisFlow.Chaos.Recording;

/// <summary>How a handler ended. The value is the mark of its line in a <see cref="RecordFile"/>.</summary>
internal enum Outcome
{
    /// <summary>It returned.</summary>
    Handled = 'H',

    /// <summary>It threw on purpose; the message must come again.</summary>
    Failed = 'F',

    /// <summary>It was cancelled; the message stays pending.</summary>
    Cancelled = 'C',
}
