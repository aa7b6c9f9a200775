using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace RedisFlow.AspNetCore.Admin.Streams.Validation;

/// <summary>Specifies between which numbers, both included, a whole number must be.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
internal sealed class WholeNumberAttribute : RangeAttribute
{
    private readonly int _lowest;
    private readonly int _highest;

    public WholeNumberAttribute(int lowest, int highest)
        : base(lowest, highest)
    {
        (_lowest, _highest) = (lowest, highest);
        ErrorMessage = "Give a whole number from {1} to {2}.";
    }

    // The platform's range of int throws for a long that is no int.
    public override bool IsValid(object? value) =>
        value is null
        || Convert.ToInt64(value, CultureInfo.InvariantCulture) is var number
            && number >= _lowest
            && number <= _highest;
}
