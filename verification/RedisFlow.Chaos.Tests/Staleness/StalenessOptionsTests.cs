using RedisFlow.Chaos.Staleness;

namespace RedisFlow.Chaos.Tests.Staleness;

public sealed class StalenessOptionsTests
{
    [Fact]
    public void A_command_line_is_read()
    {
        var options = StalenessOptions.Parse([
            "--seed",
            "-7",
            "--mode",
            "stream",
            "--duration",
            "00:02:00",
            "--round",
            "30s",
            "--writes",
            "50",
            "--reads",
            "70",
            "--keys",
            "90",
            "--blindness",
            "4s",
            "--break",
            "none,tail-drops",
        ]);

        Assert.Equal(
            (-7, CacheMode.Stream, 4, 50, 70, 90),
            (options.Seed, options.Mode, options.Rounds, options.Writes, options.Reads, options.Keys)
        );
        Assert.Equal((TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(4)), (options.Duration, options.Blindness));
        Assert.Equal([CacheFault.None, CacheFault.TailDrops], options.Breaks);
        Assert.True(options is { IsBroken: true, IsJudged: true, Faults: true });
        Assert.EndsWith(Path.Combine("artifacts", "staleness", "stream--7"), options.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_short_run_is_one_round_and_only_the_stream_is_judged()
    {
        Assert.Equal(
            (1, TimeSpan.FromSeconds(9)),
            (StalenessOptions.Parse(["--duration", "9s"]).Rounds, StalenessOptions.Parse(["--duration", "9s"]).Round)
        );
        Assert.False(StalenessOptions.Parse(["--mode", "pubsub"]).IsJudged);
        Assert.False(StalenessOptions.Parse(["--mode", "ttl"]).IsJudged);
    }

    [Theory]
    [InlineData("--sed", "1")]
    [InlineData("--mode", "memory")]
    [InlineData("--mode", "1")]
    [InlineData("--duration", "10")]
    [InlineData("--round", "7s")]
    [InlineData("--keys", "19")]
    [InlineData("--writes", "0")]
    [InlineData("--faults", "some")]
    [InlineData("--break", "everything")]
    [InlineData("--break", "none,none,none")]
    public void A_bad_argument_is_named(string name, string value) =>
        Assert.Contains(
            name,
            Assert.Throws<FormatException>(() => StalenessOptions.Parse([name, value])).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_mode_to_compare_cannot_be_broken() =>
        Assert.Throws<FormatException>(() => StalenessOptions.Parse(["--mode", "ttl", "--break", "tail-drops"]));

    [Fact]
    public void The_command_to_repeat_a_run_gives_the_same_options()
    {
        var options = StalenessOptions.Parse([
            "--seed",
            "3",
            "--duration",
            "90s",
            "--round",
            "1.5s",
            "--writes",
            "5",
            "--reads",
            "6",
            "--keys",
            "77",
            "--faults",
            "false",
            "--blindness",
            "3.5s",
            "--expiry",
            "250ms",
            "--break",
            "l2-unguarded,stamped-late",
        ]);
        var command = options.ToCommand();
        var again = StalenessOptions.Parse(
            command[(command.IndexOf(" staleness ", StringComparison.Ordinal) + 11)..].Split(' ')
        );

        Assert.Equal(command, again.ToCommand());
        Assert.Equal(options with { Breaks = [], Output = "" }, again with { Breaks = [], Output = "" });
        Assert.Equal(options.Breaks, again.Breaks);
    }
}
