using System.ComponentModel.DataAnnotations;

namespace RedisFlow.AspNetCore.Admin.Streams.Validation;

/// <summary>Specifies that a text is where the page before ended.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed class AfterAttribute : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        if (value is not string text)
        {
            return ValidationResult.Success;
        }

        if (PositionText.Error(text) is { } error)
        {
            return new ValidationResult(error);
        }

        // Redis refuses a range that begins there.
        return PositionText.Read(text) is { Milliseconds: ulong.MaxValue, Sequence: ulong.MaxValue }
            ? new ValidationResult(
                $"{text} is the last position that there can be, and nothing can come after it; give the next of a "
                    + "page."
            )
            : ValidationResult.Success;
    }
}
