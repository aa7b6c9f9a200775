using Microsoft.Extensions.Options;

namespace RedisFlow.Streams.EntityFrameworkCore.Settings;

/// <summary>Refuses settings that cannot be, and says what good ones look like.</summary>
internal sealed class OutboxOptionsValidator : IValidateOptions<OutboxOptions>
{
    public ValidateOptionsResult Validate(string? name, OutboxOptions options)
    {
        var failures = new SettingFailures(OutboxOptions.Section);
        failures.Range(
            nameof(options.PublishTimeout),
            options.PublishTimeout,
            TimeSpan.FromMilliseconds(10),
            TimeSpan.FromSeconds(30),
            "00:00:01"
        );
        failures.Range(
            nameof(options.PollInterval),
            options.PollInterval,
            TimeSpan.FromMilliseconds(100),
            TimeSpan.FromMinutes(1),
            "00:00:01"
        );
        failures.Range(
            nameof(options.LeaseDuration),
            options.LeaseDuration,
            3 * options.PollInterval,
            TimeSpan.FromMinutes(5),
            "00:00:10"
        );
        failures.Range(
            nameof(options.IdleTimeout),
            options.IdleTimeout,
            TimeSpan.FromSeconds(1),
            TimeSpan.FromMinutes(10),
            "00:00:20"
        );
        failures.Range(nameof(options.BatchSize), options.BatchSize, 1, 1000, "256");
        failures.Range(
            nameof(options.Retention),
            options.Retention,
            TimeSpan.FromMinutes(1),
            TimeSpan.FromDays(3650),
            "30.00:00:00"
        );
        return failures.Result;
    }
}
