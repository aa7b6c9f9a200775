using System.Globalization;

namespace RedisFlow.Streams.Tests.Core;

/// <summary>
/// Thousands of random schedules of workers that fail, stop, die and lose replies. A seed that fails is printed with
/// its events; REDISFLOW_SEED=&lt;seed&gt; runs that one alone, REDISFLOW_SEEDS=&lt;count&gt; another number of them.
/// </summary>
public sealed class ConsumerCoreSimulationTests
{
    private const int ShownEvents = 150;

    [Fact]
    public void No_schedule_loses_a_message_or_breaks_a_promise_of_the_worker()
    {
        if (Number("REDISFLOW_SEED") is { } only)
        {
            Run(only);
            return;
        }

        var count = Number("REDISFLOW_SEEDS") ?? 5000;
        for (var seed = 1; seed <= count; seed++)
        {
            Run(seed);
        }
    }

    private static void Run(int seed)
    {
        try
        {
            new Simulation(seed).Run();
        }
        catch (Exception)
        {
            // The same schedule again, this time written down.
            List<string> trace = [];
            var failure = Record.Exception(() => new Simulation(seed, trace).Run());
            Assert.Fail(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Seed {seed} (again with REDISFLOW_SEED={seed}): {failure?.Message ?? "it does not fail again"}\n"
                        + $"{trace[0]}\n{string.Join('\n', trace.TakeLast(ShownEvents))}\n{failure}"
                )
            );
        }
    }

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : null;
}
