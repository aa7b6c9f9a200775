using System.Globalization;
using Microsoft.Extensions.Options;

namespace RedisFlow.AspNetCore.Admin;

/// <summary>
/// Stops the start over a key that is easily guessed, or that no header can carry, and over an impossible rate. What
/// the key is stays out of the message.
/// </summary>
internal sealed class AdminOptionsValidator : IValidateOptions<AdminOptions>
{
    public ValidateOptionsResult Validate(string? name, AdminOptions options)
    {
        string[] failures = [.. new[] { WrongKey(options.Key), WrongRate(options.RequestsPerMinute) }.OfType<string>()];
        return failures.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static string? WrongKey(string? key)
    {
        // Empty is what an environment variable is that was meant to be unset.
        if (
            string.IsNullOrEmpty(key)
            || key.Length is >= AdminOptions.MinKeyLength and <= AdminOptions.MaxKeyLength && key.All(IsVisible)
        )
        {
            return null;
        }

        var wrong = key.All(IsVisible)
            ? string.Create(CultureInfo.InvariantCulture, $"has {key.Length} characters")
            : "has white space, control or non-ASCII characters";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{AdminOptions.SectionName}:{nameof(AdminOptions.Key)} {wrong}. It must have {AdminOptions.MinKeyLength} "
                + $"to {AdminOptions.MaxKeyLength} "
                + $"visible ASCII characters, e.g. the 32 that 'openssl rand -hex 16' prints; without a key the "
                + $"endpoints that need one answer no one."
        );
    }

    private static string? WrongRate(int rate) =>
        rate is >= 1 and <= AdminOptions.MostRequestsPerMinute
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{AdminOptions.SectionName}:{nameof(AdminOptions.RequestsPerMinute)} is {rate}. It must be from 1 to "
                    + $"{AdminOptions.MostRequestsPerMinute}, e.g. 300."
            );

    private static bool IsVisible(char character) => character is > ' ' and <= '~';
}
