using RedisFlow.Chaos.Data;

namespace RedisFlow.Chaos.Tests.Data;

/// <summary>Whole runs: as the libraries are, and with what is wrong on purpose, which must be found.</summary>
[Collection(nameof(RunCommand))]
public sealed class DataRunTests : IDisposable
{
    private readonly RunCommand _command = new();

    public void Dispose() => _command.Dispose();

    [Fact]
    public async Task A_short_run_with_every_fault_loses_doubles_and_reorders_nothing()
    {
        var (code, said) = await _command.RunAsync("data", "--seed", "7", "--duration", "16s");

        Assert.True(code == 0, said);
        Assert.All(Enum.GetNames<DataFault>(), fault => Assert.Contains(fault, said, StringComparison.Ordinal));

        // A run that does nothing finds nothing.
        var report = await _command.ReportAsync();
        Assert.True(report.GetProperty("Events").GetInt32() > 100, said);
        Assert.True(report.GetProperty("Receipts").GetInt32() > 100, said);
        Assert.Equal(report.GetProperty("Events").GetInt32(), report.GetProperty("Effects").GetInt32());
    }

    [Theory]
    [InlineData("no-outbox", "out of order")]
    [InlineData("no-inbox", "had their effects more than once")]
    public async Task What_is_wrong_on_purpose_is_found(string fault, string found)
    {
        var (code, said) = await _command.RunAsync("data", "--duration", "16s", "--break", fault);

        Assert.True(code == 1, said);
        Assert.Contains(found, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_option_that_cannot_be_read_is_named()
    {
        var (code, said) = await _command.RunAsync("data", "--duration", "1s");

        Assert.Equal(2, code);
        Assert.Contains("--duration", said, StringComparison.Ordinal);
    }
}
