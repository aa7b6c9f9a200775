namespace RedisFlow.Docs.Tests.Samples;

/// <summary>Keeps each letter, once for each key.</summary>
internal sealed class RecordedLetters : ILetters
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _sent = [];

    /// <summary>What happens before a letter is sent.</summary>
    public Action Before { get; set; } = () => { };

    public IReadOnlyList<(string Key, long DealershipId)> Sent
    {
        get
        {
            lock (_lock)
            {
                return [.. _sent.Select(letter => (letter.Key, letter.Value))];
            }
        }
    }

    public Task SendAsync(string key, long dealershipId, CancellationToken cancellationToken)
    {
        Before();
        lock (_lock)
        {
            _sent.TryAdd(key, dealershipId);
        }

        return Task.CompletedTask;
    }
}
