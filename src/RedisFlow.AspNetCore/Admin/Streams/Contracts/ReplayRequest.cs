using System.ComponentModel.DataAnnotations;
using RedisFlow.AspNetCore.Admin.Streams.Validation;
using RedisFlow.Streams;

namespace RedisFlow.AspNetCore.Admin.Streams.Contracts;

/// <summary>Where a replay begins. Give exactly one of the two.</summary>
/// <param name="FromPosition">The first position to deliver again, e.g. 1795234011241-0.</param>
/// <param name="FromTime">The time, with its offset, of the first message to deliver again, e.g. 2030-01-31T12:00:00Z;
/// parts of milliseconds do not count.</param>
public sealed record ReplayRequest(string? FromPosition = null, string? FromTime = null) : IValidatableObject
{
    private const string Position = "fromPosition";
    private const string Time = "fromTime";

    /// <summary>Gets the field that says where the replay begins.</summary>
    internal string Field => FromPosition is null ? Time : Position;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if ((FromPosition is null) == (FromTime is null))
        {
            yield return new ValidationResult(
                $"Give exactly one of {Position}, e.g. \"1795234011241-0\", and {Time}, e.g. \"2030-01-31T12:00:00Z\".",
                [Position]
            );
        }
        else if ((FromTime is null ? PositionText.Error(FromPosition) : TimeText.Error(FromTime)) is { } error)
        {
            yield return new ValidationResult(error, [Field]);
        }
    }

    /// <summary>Gets where the replay begins. A time is the position before everything of its millisecond.</summary>
    /// <exception cref="FormatException">The request was not validated.</exception>
    internal MessagePosition ToPosition() =>
        FromTime is not null && TimeText.TryRead(FromTime, out var time)
            ? new MessagePosition((ulong)time.ToUnixTimeMilliseconds(), 0)
            : PositionText.Read(FromPosition);
}
