namespace RedisFlow.Chaos;

/// <summary>What the options of every kind of run have in common.</summary>
internal interface IRunOptions
{
    /// <summary>The seed of the run's schedule.</summary>
    int Seed { get; }

    /// <summary>The report's directory.</summary>
    string Output { get; }

    /// <summary>The command that does the same run again.</summary>
    string ToCommand();
}
