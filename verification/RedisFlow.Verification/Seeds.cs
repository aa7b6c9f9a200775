namespace RedisFlow.Verification;

/// <summary>Seeds of the parts of a run, from the run's seed: the same in each process and each run.</summary>
public static class Seeds
{
    /// <summary>The seed of a part.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="number">The part's number.</param>
    public static int Of(int seed, int number) => unchecked((seed * 7919) + number);
}
