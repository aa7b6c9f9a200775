using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>Checks the ranges of every strategy's options, and that the timeouts fit together.</summary>
internal sealed class HttpStandardResilienceOptionsValidator : IValidateOptions<HttpStandardResilienceOptions>
{
    public ValidateOptionsResult Validate(string? name, HttpStandardResilienceOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        result.AddResult(HttpStandardResilienceOptionsAnnotations.Instance.Validate(name, options));

        if (options.AttemptTimeout.Timeout > options.TotalRequestTimeout.Timeout)
        {
            result.AddError(
                $"AttemptTimeout ({options.AttemptTimeout.Timeout}) must not be longer than "
                + $"TotalRequestTimeout ({options.TotalRequestTimeout.Timeout}).");
        }

        if (options.CircuitBreaker.SamplingDuration < 2 * options.AttemptTimeout.Timeout)
        {
            result.AddError(
                $"CircuitBreaker.SamplingDuration ({options.CircuitBreaker.SamplingDuration}) must be at least twice "
                + $"AttemptTimeout ({options.AttemptTimeout.Timeout}).");
        }

        return result.Build();
    }
}
