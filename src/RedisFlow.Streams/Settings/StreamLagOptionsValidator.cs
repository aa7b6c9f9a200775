using Microsoft.Extensions.Options;

namespace RedisFlow.Streams;

/// <summary>
/// Refuses thresholds that cannot be, and says what good ones look like.
/// <see cref="RedisStreamsBuilder.AddStreamLagCheck"/> adds it; applications that read the options without the check
/// add it themselves.
/// </summary>
public sealed class StreamLagOptionsValidator : IValidateOptions<StreamLagOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, StreamLagOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var failures = new SettingFailures(StreamLagOptions.SectionOf(name ?? ""));
        failures.Range(
            "DegradedAfter",
            options.DegradedAfter,
            TimeSpan.FromMilliseconds(100),
            TimeSpan.FromDays(1),
            "00:00:30"
        );
        failures.Range(
            "UnhealthyAfter",
            options.UnhealthyAfter,
            TimeSpan.FromMilliseconds(100),
            TimeSpan.FromDays(1),
            "00:02:00"
        );
        if (options.UnhealthyAfter < options.DegradedAfter)
        {
            failures.Add(
                "UnhealthyAfter",
                $"is {options.UnhealthyAfter}. It must be at least DegradedAfter ({options.DegradedAfter}), e.g. "
                    + "\"00:02:00\"."
            );
        }

        return failures.Result;
    }
}
