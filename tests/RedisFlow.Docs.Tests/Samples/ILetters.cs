namespace RedisFlow.Docs.Tests.Samples;

/// <summary>What the samples' handler depends on: something that sends letters.</summary>
internal interface ILetters
{
    /// <summary>Sends a letter, unless one with this key was sent before.</summary>
    Task SendAsync(string key, long dealershipId, CancellationToken cancellationToken);
}

/// <summary>The letter office is closed for now.</summary>
internal sealed class LetterOfficeClosedException(string message) : Exception(message);
