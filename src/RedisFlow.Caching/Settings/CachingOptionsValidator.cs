using System.Globalization;
using Microsoft.Extensions.Options;
using RedisFlow.Caching.Policies;

namespace RedisFlow.Caching.Settings;

/// <summary>Stops the start over settings that cannot work; each message has the setting's name and an
/// example.</summary>
internal sealed class CachingOptionsValidator : IValidateOptions<CachingOptions>
{
    private const int MaxNameLength = 100;

    public ValidateOptionsResult Validate(string? name, CachingOptions options)
    {
        var failures = new List<string>();
        var section = CachingOptions.SectionOf(name ?? "");
        CheckName(failures, section, nameof(options.Service), options.Service, "catalog");
        CheckName(failures, section, nameof(options.Version), options.Version, "1");
        CheckTime(
            failures,
            section,
            nameof(options.MaxDisconnectedTime),
            options.MaxDisconnectedTime,
            TimeSpan.FromSeconds(3),
            TimeSpan.FromHours(1),
            "00:00:15"
        );
        CheckTime(
            failures,
            section,
            nameof(options.MaxLoadTime),
            options.MaxLoadTime,
            TimeSpan.FromMilliseconds(1),
            TimeSpan.FromHours(1),
            "00:00:30"
        );
        CheckTime(
            failures,
            section,
            nameof(options.RedisTimeout),
            options.RedisTimeout,
            TimeSpan.FromMilliseconds(10),
            TimeSpan.FromMinutes(1),
            "00:00:00.500"
        );
        CheckTime(
            failures,
            section,
            nameof(options.DefaultExpiration),
            options.DefaultExpiration,
            TimeSpan.FromMilliseconds(1),
            EntryPlan.LongestLifetime,
            "00:05:00"
        );
        if (options.DefaultLocalExpiration is { } local)
        {
            CheckTime(
                failures,
                section,
                nameof(options.DefaultLocalExpiration),
                local,
                TimeSpan.FromMilliseconds(1),
                EntryPlan.LongestLifetime,
                "00:01:00"
            );
        }

        CheckCount(failures, section, nameof(options.LocalEntryLimit), options.LocalEntryLimit, 1, 100_000);
        CheckCount(failures, section, nameof(options.LocalByteLimit), options.LocalByteLimit, 1024, 128L << 20);
        CheckCount(failures, section, nameof(options.MaxPayloadBytes), options.MaxPayloadBytes, 1, 1 << 20);
        CheckCount(failures, section, nameof(options.RememberedKeys), options.RememberedKeys, 16, 100_000);
        CheckCount(failures, section, nameof(options.RememberedEpochs), options.RememberedEpochs, 16, 100_000);
        CheckTime(
            failures,
            section,
            nameof(options.WarmUpLimit),
            options.WarmUpLimit,
            TimeSpan.FromMilliseconds(1),
            TimeSpan.FromHours(1),
            "00:00:30"
        );
        new PolicyRules(section, options, failures).Check();
        CheckCount(failures, section, nameof(options.CompressionThreshold), options.CompressionThreshold, 0, 16 << 10);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void CheckName(List<string> failures, string section, string setting, string value, string example)
    {
        if (
            string.IsNullOrEmpty(value)
            || value.Length > MaxNameLength
            || value.Any(character => !char.IsAsciiLetterOrDigit(character) && character is not ('.' or '_' or '-'))
        )
        {
            failures.Add(
                $"{section}:{setting} is '{value}'. It must have 1 to {MaxNameLength} letters, digits, '.', '_' or "
                    + $"'-', e.g. \"{example}\"."
            );
        }
    }

    private static void CheckTime(
        List<string> failures,
        string section,
        string setting,
        TimeSpan value,
        TimeSpan min,
        TimeSpan max,
        string example
    )
    {
        if (value < min || value > max)
        {
            failures.Add($"{section}:{setting} is {value}. It must be from {min} to {max}, e.g. \"{example}\".");
        }
    }

    private static void CheckCount(
        List<string> failures,
        string section,
        string setting,
        long value,
        long min,
        long example
    )
    {
        if (value < min)
        {
            failures.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{section}:{setting} is {value}. It must be at least {min}, e.g. {example}."
                )
            );
        }
    }
}
