namespace RedisFlow.Domain;

/// <summary>
/// The rule for ids of companies, dealerships and users: whole numbers that Organization hands out in ascending order.
/// </summary>
public static class EntityId
{
    /// <summary>The smallest id.</summary>
    public const long MinValue = 1;

    /// <summary>
    /// The largest id, 2^53 - 1: up to there JSON numbers and the scores of Redis's sorted sets are exact.
    /// </summary>
    public const long MaxValue = 9_007_199_254_740_991;

    /// <summary>
    /// Whether <paramref name="id"/> is in the range of ids; it says nothing about whether the entity exists.
    /// </summary>
    public static bool IsValid(long id) => id is >= MinValue and <= MaxValue;
}
