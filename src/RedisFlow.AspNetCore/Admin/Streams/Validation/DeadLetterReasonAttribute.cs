using System.ComponentModel.DataAnnotations;
using RedisFlow.AspNetCore.Problems;
using RedisFlow.Streams;

namespace RedisFlow.AspNetCore.Admin.Streams.Validation;

/// <summary>Specifies that a text is the reason of dead letters.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
internal sealed class DeadLetterReasonAttribute : ValidationAttribute
{
    private static readonly string[] Reasons =
    [
        DeadLetterReason.NoData,
        DeadLetterReason.Undecodable,
        DeadLetterReason.UnknownType,
        DeadLetterReason.NewerSchema,
        DeadLetterReason.HandlerFailed,
    ];

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        value is not string reason || Reasons.Contains(reason)
            ? ValidationResult.Success
            : new ValidationResult(
                $"'{RequestErrors.Excerpt(reason)}' is not a reason; give one of {string.Join(", ", Reasons)}."
            );
}
