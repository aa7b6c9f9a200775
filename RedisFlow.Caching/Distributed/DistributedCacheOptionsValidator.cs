using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace RedisFlow.Caching;

/// <summary>Stops the start over settings that cannot work; each message has the setting's name and an example.</summary>
internal sealed class DistributedCacheOptionsValidator(IServiceProviderIsService registered) : IValidateOptions<DistributedCacheOptions>
{
    private const int MaxNameLength = 100;
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(1);

    /// <summary>Whether a text can be a part of the keys: what follows it there can then not be mistaken for it.</summary>
    public static bool IsName(string? text) =>
        !string.IsNullOrEmpty(text)
        && text.Length <= MaxNameLength
        && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-');

    public ValidateOptionsResult Validate(string? name, DistributedCacheOptions options)
    {
        var section = string.IsNullOrEmpty(name) ? DistributedCacheOptions.SectionName : $"{DistributedCacheOptions.SectionName}:{name}";
        var failures = new List<string>();
        if (!registered.IsService(typeof(IConnectionMultiplexer)))
        {
            failures.Add("AddStreamDistributedCache needs a connection to Redis, e.g. builder.AddRedisClient(\"redis\").");
        }

        if (!IsName(options.Service))
        {
            failures.Add(
                $"{section}:{nameof(options.Service)} is '{options.Service}'. It must have 1 to {MaxNameLength} letters, digits, '.', '_' or '-', e.g. \"reporting\".");
        }

        if (options.Timeout < ShortestTimeout || options.Timeout > LongestTimeout)
        {
            failures.Add(
                $"{section}:{nameof(options.Timeout)} is {options.Timeout}. It must be from {ShortestTimeout} to {LongestTimeout}, e.g. \"00:00:05\".");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
