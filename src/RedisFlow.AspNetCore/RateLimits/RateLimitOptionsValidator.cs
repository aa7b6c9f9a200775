using Microsoft.Extensions.Options;
using RedisFlow.Streams;

namespace RedisFlow.AspNetCore.RateLimits;

/// <summary>Stops the start over an impossible rate.</summary>
internal sealed class RateLimitOptionsValidator : IValidateOptions<RateLimitOptions>
{
    public ValidateOptionsResult Validate(string? name, RateLimitOptions options)
    {
        var failures = new SettingFailures(RateLimitOptions.SectionName);
        failures.Range(
            "RequestsPerSecond",
            options.RequestsPerSecond,
            1,
            RateLimitOptions.MostRequestsPerSecond,
            "2000"
        );
        return failures.Result;
    }
}
