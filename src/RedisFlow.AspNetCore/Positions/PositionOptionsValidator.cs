using Microsoft.Extensions.Options;

namespace RedisFlow.AspNetCore.Positions;

/// <summary>Stops the start over a wait that is no wait or too long a one.</summary>
internal sealed class PositionOptionsValidator : IValidateOptions<PositionOptions>
{
    public ValidateOptionsResult Validate(string? name, PositionOptions options) =>
        options.MaxWait >= TimeSpan.Zero && options.MaxWait <= PositionOptions.LongestWait
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{PositionOptions.SectionName}:{nameof(options.MaxWait)} is {options.MaxWait}. "
                    + $"It must be from {TimeSpan.Zero} to {PositionOptions.LongestWait}, e.g. \"00:00:02\"."
            );
}
