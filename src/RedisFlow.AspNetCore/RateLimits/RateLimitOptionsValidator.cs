using System.Globalization;
using Microsoft.Extensions.Options;

namespace RedisFlow.AspNetCore.RateLimits;

/// <summary>Stops the start over an impossible rate.</summary>
internal sealed class RateLimitOptionsValidator : IValidateOptions<RateLimitOptions>
{
    public ValidateOptionsResult Validate(string? name, RateLimitOptions options) =>
        options.RequestsPerSecond is >= 1 and <= RateLimitOptions.MostRequestsPerSecond
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{RateLimitOptions.SectionName}:{nameof(RateLimitOptions.RequestsPerSecond)} is "
                        + $"{options.RequestsPerSecond}. "
                        + $"It must be from 1 to {RateLimitOptions.MostRequestsPerSecond}, e.g. 2000."
                )
            );
}
