using System.Globalization;
using Microsoft.Extensions.Options;
using RedisFlow.Streams;

namespace RedisFlow.AspNetCore.Admin;

/// <summary>
/// Stops the start over a key that is easily guessed, or that no header can carry, and over an impossible rate. What
/// the key is stays out of the message.
/// </summary>
internal sealed class AdminOptionsValidator : IValidateOptions<AdminOptions>
{
    public ValidateOptionsResult Validate(string? name, AdminOptions options)
    {
        var failures = new SettingFailures(AdminOptions.SectionName);
        Key(failures, options.Key);
        failures.Range("RequestsPerMinute", options.RequestsPerMinute, 1, AdminOptions.MostRequestsPerMinute, "300");
        return failures.Result;
    }

    private static void Key(SettingFailures failures, string? key)
    {
        // Empty is what an environment variable is that was meant to be unset.
        if (
            string.IsNullOrEmpty(key)
            || key.Length is >= AdminOptions.MinKeyLength and <= AdminOptions.MaxKeyLength && key.All(IsVisible)
        )
        {
            return;
        }

        var wrong = key.All(IsVisible)
            ? string.Create(CultureInfo.InvariantCulture, $"has {key.Length} characters")
            : "has white space, control or non-ASCII characters";
        failures.Add(
            "Key",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{wrong}. It must have {AdminOptions.MinKeyLength} to {AdminOptions.MaxKeyLength} visible ASCII "
                    + $"characters, e.g. the 32 that 'openssl rand -hex 16' prints; without a key the endpoints that "
                    + $"need one answer no one."
            )
        );
    }

    private static bool IsVisible(char character) => character is > ' ' and <= '~';
}
