using Microsoft.Extensions.Options;
using RedisFlow.Streams;

namespace RedisFlow.AspNetCore.Positions;

/// <summary>Stops the start over a wait that is no wait or too long a one.</summary>
internal sealed class PositionOptionsValidator : IValidateOptions<PositionOptions>
{
    public ValidateOptionsResult Validate(string? name, PositionOptions options)
    {
        var failures = new SettingFailures(PositionOptions.SectionName);
        failures.Range("MaxWait", options.MaxWait, TimeSpan.Zero, PositionOptions.LongestWait, "00:00:02");
        return failures.Result;
    }
}
