using Microsoft.Extensions.Options;

namespace RedisFlow.Streams.EntityFrameworkCore.Settings;

/// <summary>Refuses settings that cannot be, and says what good ones look like.</summary>
internal sealed class InboxOptionsValidator : IValidateOptions<InboxOptions>
{
    public ValidateOptionsResult Validate(string? name, InboxOptions options)
    {
        var failures = new SettingFailures(InboxOptions.Section);
        failures.Range(
            nameof(options.Retention),
            options.Retention,
            TimeSpan.FromMinutes(1),
            TimeSpan.FromDays(3650),
            "7.00:00:00"
        );
        failures.Range(
            nameof(options.IdleTimeout),
            options.IdleTimeout,
            TimeSpan.FromSeconds(1),
            TimeSpan.FromMinutes(10),
            "00:00:20"
        );
        failures.Range(
            nameof(options.CleanupInterval),
            options.CleanupInterval,
            TimeSpan.FromSeconds(1),
            TimeSpan.FromDays(1),
            "00:01:00"
        );
        return failures.Result;
    }
}
