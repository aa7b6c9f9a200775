using System.ComponentModel.DataAnnotations;

namespace RedisFlow.AspNetCore.Admin.Streams.Contracts;

/// <summary>A pause to come.</summary>
/// <param name="Reason">Why, for people: 1 to 500 characters, no control characters.</param>
public sealed record PauseRequest(string? Reason) : IValidatableObject
{
    private const int MaxLength = 500;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrWhiteSpace(Reason))
        {
            yield return new ValidationResult("A value is required.", ["reason"]);
            yield break;
        }

        // Logs and the command line show the reason in one line.
        if (Reason.Any(char.IsControl))
        {
            yield return new ValidationResult("Leave out control characters such as line breaks.", ["reason"]);
        }

        if (Reason.Trim().Length > MaxLength)
        {
            yield return new ValidationResult($"Give at most {MaxLength} characters.", ["reason"]);
        }
    }
}

/// <summary>That a group is paused.</summary>
/// <param name="Group">The group's name.</param>
/// <param name="Reason">Why.</param>
/// <param name="Since">Since when, by Redis's clock: since the first of several pauses.</param>
internal sealed record PauseResponse(string Group, string Reason, DateTimeOffset Since);

/// <summary>That a group goes on.</summary>
/// <param name="Group">The group's name.</param>
/// <param name="WasPaused">Whether it was paused.</param>
internal sealed record ResumeResponse(string Group, bool WasPaused);
