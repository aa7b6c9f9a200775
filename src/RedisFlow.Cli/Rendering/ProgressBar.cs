using RedisFlow.Cli.CommandLine;
using Spectre.Console;

namespace RedisFlow.Cli.Rendering;

/// <summary>Progress of long work, on standard error, where a user looks at it.</summary>
internal static class ProgressBar
{
    /// <summary>Work in known steps. The work reports how many are done in all.</summary>
    public static async Task<T> RunAsync<T>(
        Invocation invocation,
        string what,
        long total,
        Func<Action<long>, Task<T>> work
    )
    {
        if (!invocation.Terminal.IsErrorScreen)
        {
            return await work(static _ => { });
        }

        return await invocation
            .Diagnostics.Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new PercentageColumn(),
                new RemainingTimeColumn()
            )
            .StartAsync(async progress =>
            {
                var task = progress.AddTask(Data.Text(what), maxValue: Math.Max(1, total));
                return await work(done => task.Value = done);
            });
    }

    /// <summary>Work of unknown length.</summary>
    public static async Task<T> SpinAsync<T>(Invocation invocation, string what, Func<Task<T>> work) =>
        invocation.Terminal.IsErrorScreen
            ? await invocation.Diagnostics.Status().StartAsync(Data.Text(what), _ => work())
            : await work();
}
