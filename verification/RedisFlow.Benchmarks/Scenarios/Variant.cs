using RedisFlow.Benchmarks.Measuring;

namespace RedisFlow.Benchmarks.Scenarios;

/// <summary>One of several things that are compared.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="MeasureAsync">Measures it once; told which repetition it is, -1 for the warm-up.</param>
internal sealed record Variant(string Name, Func<int, Task<Throughput>> MeasureAsync)
{
    /// <summary>What is counted.</summary>
    public string Unit { get; init; } = "msg";

    /// <summary>
    /// Measures all of them in turn, then again: what else the machine does comes and goes, and in turn it meets all of
    /// them alike. So their ratios are taken within a repetition.
    /// </summary>
    public static async Task<IReadOnlyList<Measurement>> MeasureInTurnAsync(
        ScenarioContext context,
        IScenario scenario,
        params IReadOnlyList<Variant> variants
    )
    {
        var results = variants.ToDictionary(variant => variant, _ => new List<Throughput>());
        foreach (var repetition in context.RepetitionsAfterWarmUp)
        {
            foreach (var variant in variants)
            {
                Throughput.Settle();
                var result = await variant.MeasureAsync(repetition);
                if (repetition >= 0)
                {
                    results[variant].Add(result);
                }
            }
        }

        return
        [
            .. variants.Select(variant =>
                context.Result(scenario, variant.Name, Throughput.Metrics(results[variant], variant.Unit))
            ),
        ];
    }
}
