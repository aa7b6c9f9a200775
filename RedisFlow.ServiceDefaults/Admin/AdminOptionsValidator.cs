using System.Globalization;
using Microsoft.Extensions.Options;

namespace RedisFlow.ServiceDefaults.Admin;

/// <summary>Stops the start over a key that is easily guessed, or that no header can carry. What the key is stays out of the message.</summary>
internal sealed class AdminOptionsValidator : IValidateOptions<AdminOptions>
{
    public ValidateOptionsResult Validate(string? name, AdminOptions options)
    {
        // Empty is what an environment variable is that was meant to be unset.
        if (string.IsNullOrEmpty(options.Key)
            || options.Key.Length is >= AdminOptions.MinKeyLength and <= AdminOptions.MaxKeyLength && options.Key.All(IsVisible))
        {
            return ValidateOptionsResult.Success;
        }

        var wrong = options.Key.All(IsVisible)
            ? string.Create(CultureInfo.InvariantCulture, $"has {options.Key.Length} characters")
            : "has white space, control or non-ASCII characters";
        return ValidateOptionsResult.Fail(string.Create(
            CultureInfo.InvariantCulture,
            $"{AdminOptions.SectionName}:{nameof(options.Key)} {wrong}. It must have {AdminOptions.MinKeyLength} to {AdminOptions.MaxKeyLength} "
            + $"visible ASCII characters, e.g. the 32 that 'openssl rand -hex 16' prints; without a key the endpoints that need one answer nobody."));
    }

    private static bool IsVisible(char character) => character is > ' ' and <= '~';
}
