namespace RedisFlow.Chaos.Tests;

public sealed class ChaosOptionsTests
{
    [Fact]
    public void A_command_line_is_read()
    {
        var options = ChaosOptions.Parse(["--seed", "-7", "--messages", "1000000", "--duration", "10m", "--lease", "1.5s", "--lossy", "100", "--faults", "false"]);

        Assert.Equal((-7, 1_000_000, 100, false), (options.Seed, options.Messages, options.Lossy, options.Faults));
        Assert.Equal((TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(1.5)), (options.Duration, options.Lease));
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
    public void A_bad_argument_is_named(string name, string value) =>
        Assert.Contains(name, Assert.Throws<FormatException>(() => ChaosOptions.Parse([name, value])).Message, StringComparison.Ordinal);
}
