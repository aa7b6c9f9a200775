using Microsoft.Extensions.Options;
using RedisFlow.Caching.Policies;
using RedisFlow.Streams;

namespace RedisFlow.Caching.Settings;

/// <summary>Stops the start over settings that cannot work; each message has the setting's name and an
/// example.</summary>
internal sealed class CachingOptionsValidator : IValidateOptions<CachingOptions>
{
    private const int MaxNameLength = 100;

    public ValidateOptionsResult Validate(string? name, CachingOptions options)
    {
        var failures = new SettingFailures(CachingOptions.SectionOf(name ?? ""));
        Name(failures, nameof(options.Service), options.Service, "catalog");
        Name(failures, nameof(options.Version), options.Version, "1");
        failures.Range(
            nameof(options.MaxDisconnectedTime),
            options.MaxDisconnectedTime,
            TimeSpan.FromSeconds(3),
            TimeSpan.FromHours(1),
            "00:00:15"
        );
        failures.Range(
            nameof(options.MaxLoadTime),
            options.MaxLoadTime,
            TimeSpan.FromMilliseconds(1),
            TimeSpan.FromHours(1),
            "00:00:30"
        );
        failures.Range(
            nameof(options.RedisTimeout),
            options.RedisTimeout,
            TimeSpan.FromMilliseconds(10),
            TimeSpan.FromMinutes(1),
            "00:00:00.500"
        );
        failures.Range(
            nameof(options.DefaultExpiration),
            options.DefaultExpiration,
            TimeSpan.FromMilliseconds(1),
            EntryPlan.LongestLifetime,
            "00:05:00"
        );
        failures.Range(
            nameof(options.DefaultLocalExpiration),
            options.DefaultLocalExpiration,
            TimeSpan.FromMilliseconds(1),
            EntryPlan.LongestLifetime,
            "00:01:00"
        );

        failures.AtLeast(nameof(options.LocalEntryLimit), options.LocalEntryLimit, 1, "100000");
        failures.AtLeast(nameof(options.LocalByteLimit), options.LocalByteLimit, 1024, "134217728");
        failures.AtLeast(nameof(options.MaxPayloadBytes), options.MaxPayloadBytes, 1, "1048576");
        failures.AtLeast(nameof(options.RememberedKeys), options.RememberedKeys, 16, "100000");
        failures.AtLeast(nameof(options.RememberedEpochs), options.RememberedEpochs, 16, "100000");
        failures.Range(
            nameof(options.WarmUpLimit),
            options.WarmUpLimit,
            TimeSpan.FromMilliseconds(1),
            TimeSpan.FromHours(1),
            "00:00:30"
        );
        new PolicyRules(options, failures).Check();
        failures.AtLeast(nameof(options.CompressionThreshold), options.CompressionThreshold, 0, "16384");
        return failures.Result;
    }

    private static void Name(SettingFailures failures, string setting, string value, string example)
    {
        if (
            string.IsNullOrEmpty(value)
            || value.Length > MaxNameLength
            || value.Any(character => !char.IsAsciiLetterOrDigit(character) && character is not ('.' or '_' or '-'))
        )
        {
            failures.Add(
                setting,
                $"is '{value}'. It must have 1 to {MaxNameLength} letters, digits, '.', '_' or '-', e.g. "
                    + $"\"{example}\"."
            );
        }
    }
}
