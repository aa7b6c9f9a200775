using RedisFlow.Chaos.Processes;

namespace RedisFlow.Chaos.Tests;

public sealed class ChaosOptionsTests
{
    [Fact]
    public void A_command_line_is_read()
    {
        var options = ChaosOptions.Parse([
            "--seed",
            "-7",
            "--messages",
            "1000000",
            "--duration",
            "10m",
            "--lease",
            "1.5s",
            "--faults",
            "false",
            "--kills",
            "9",
            "--work",
            "50ms",
            "--fsync",
            "always",
            "--worker",
            "engine,acksfirst,dropping",
        ]);

        Assert.Equal(
            (-7, 1_000_000, false, 9, true),
            (options.Seed, options.Messages, options.Faults, options.Kills, options.IsAlwaysSynced)
        );
        Assert.Equal([WorkerKind.Engine, WorkerKind.AcksFirst, WorkerKind.Dropping], options.Workers);
        Assert.Equal(TimeSpan.FromMilliseconds(50), options.Work);
        Assert.Equal((TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(1.5)), (options.Duration, options.LeaseDuration));
        Assert.EndsWith(Path.Combine("artifacts", "chaos", "-7"), options.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--sed", "1")]
    [InlineData("--seed", "x")]
    [InlineData("--messages", "0")]
    [InlineData("--duration", "10")]
    [InlineData("--duration", "-1s")]
    [InlineData("--duration", "3s")]
    [InlineData("--faults", "some")]
    [InlineData("--fsync", "never")]
    [InlineData("--worker", "lazy")]
    [InlineData("--worker", "1")]
    [InlineData("--worker", "engine,engine")]
    public void A_bad_argument_is_named(string name, string value) =>
        Assert.Contains(
            name,
            Assert.Throws<FormatException>(() => ChaosOptions.Parse([name, value])).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void The_command_to_repeat_a_run_gives_the_same_options()
    {
        string[] line =
        [
            "--seed",
            "-7",
            "--messages",
            "900",
            "--duration",
            "90s",
            "--lease",
            "1.5s",
            "--publishers",
            "2",
            "--kills",
            "3",
            "--work",
            "7ms",
            "--failing",
            "4",
            "--fsync",
            "always",
            "--worker",
            "engine,acksfirst,dropping",
            "--faults",
            "false",
        ];
        var options = ChaosOptions.Parse(line);
        var command = options.ToCommand();
        var again = ChaosOptions.Parse(command[(command.IndexOf(" -- ", StringComparison.Ordinal) + 4)..].Split(' '));

        Assert.Equal(command, again.ToCommand());
        Assert.Equal(options with { Workers = [] }, again with { Workers = [] });
        Assert.Equal(options.Workers, again.Workers);
    }
}
