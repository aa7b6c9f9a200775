using System.ComponentModel.DataAnnotations;
using RedisFlow.AspNetCore.Admin.Streams.Validation;

namespace RedisFlow.AspNetCore.Admin.Streams.Contracts;

/// <summary>Which dead letters to publish again: those at positions, or all. Give exactly one of the two.</summary>
/// <param name="Positions">1 to 1000 positions of dead letters, of whichever group.</param>
/// <param name="All">true: the letters that are there now, oldest first.</param>
/// <param name="Reason">With all: only those that were given up for this reason.</param>
/// <param name="Limit">With all: how many at most, 1 to 1000; 1000 by default.</param>
public sealed record RedriveRequest(
    IReadOnlyList<string?>? Positions = null,
    bool? All = null,
    [property: DeadLetterReason] string? Reason = null,
    [property: WholeNumber(1, Pages.MaxLimit)] int? Limit = null
) : IValidatableObject
{
    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if ((All == true) == (Positions is not null))
        {
            yield return new ValidationResult(
                "Give either positions, as in {\"positions\": [\"1795234011241-0\"]}, or {\"all\": true}.",
                ["positions"]
            );
            yield break;
        }

        if (Positions is null)
        {
            yield break;
        }

        if (Positions.Count is 0 or > Pages.MaxLimit)
        {
            yield return new ValidationResult($"Give 1 to {Pages.MaxLimit} positions.", ["positions"]);
            yield break;
        }

        if (Reason is not null || Limit is not null)
        {
            yield return new ValidationResult(NoFilter, ["positions"]);
        }

        for (var i = 0; i < Positions.Count; i++)
        {
            if (PositionText.Error(Positions[i]) is { } error)
            {
                yield return new ValidationResult(error, [$"positions[{i}]"]);
            }
        }
    }

    /// <summary>What to leave out beside positions.</summary>
    internal const string NoFilter = "Leave out group, reason and limit when you give positions.";
}
