using System.Text.Json;
using RedisFlow.Chaos.Faults;

namespace RedisFlow.Chaos.Tests;

/// <summary>Whole runs, and runs whose workers have a fault on purpose: those the checker must find.</summary>
[Collection(nameof(RunCommand))]
public sealed class ChaosRunTests : IDisposable
{
    private readonly RunCommand _command = new();

    public void Dispose() => _command.Dispose();

    [Fact]
    public async Task A_short_run_with_every_fault_loses_nothing_and_keeps_order()
    {
        var (code, said) = await _command.RunAsync(
            "--seed",
            "1",
            "--messages",
            "20000",
            "--duration",
            "12s",
            "--lease",
            "1s"
        );

        Assert.True(code == 0, said);
        var report = await _command.ReportAsync();
        Assert.Equal(20_000, report.GetProperty("verdict").GetProperty("Published").GetInt32());
        Assert.All(
            Groups(report),
            group => Assert.True(group.GetProperty("Handled").GetInt32() >= 20_000 && Lost(group) == 0, said)
        );
        Assert.All(
            Groups(report),
            group =>
                Assert.True(
                    Order(group, "Compared").GetInt32() > 0 && Order(group, "FailuresJudged").GetInt32() > 0,
                    said
                )
        );
        var facts = report.GetProperty("facts");
        Assert.All(
            Enum.GetNames<FaultKind>(),
            kind => Assert.Equal(1, facts.GetProperty("Done").GetProperty(kind).GetInt32())
        );
        Assert.True(facts.GetProperty("DroppedBytes").GetInt64() > 0, said);
        Assert.Empty(_command.Processes());
    }

    [Fact]
    public async Task Under_kills_workers_that_acknowledge_first_or_forget_their_pending_list_are_caught()
    {
        var (code, said) = await _command.RunAsync(
            "--seed",
            "2",
            "--messages",
            "1200",
            "--duration",
            "3s",
            "--publishers",
            "1",
            "--lease",
            "1s",
            "--faults",
            "false",
            "--kills",
            "9",
            "--work",
            "60ms",
            "--worker",
            "acksfirst,forgetspending,engine"
        );

        Assert.True(code == 1, said);
        var groups = Groups(await _command.ReportAsync());
        Assert.True(Lost(groups[0]) > 0 && Lost(groups[1]) > 0, said);
        Assert.True(Lost(groups[2]) == 0 && groups[2].GetProperty("Handled").GetInt32() == 1200, said);
    }

    [Fact]
    public async Task Workers_that_break_order_per_subject_are_caught_each_by_its_own_fault()
    {
        var (code, said) = await _command.RunAsync(
            "--seed",
            "3",
            "--messages",
            "3000",
            "--duration",
            "2s",
            "--publishers",
            "2",
            "--lease",
            "30s",
            "--faults",
            "false",
            "--failing",
            "5",
            "--worker",
            "overlaps,reverses,passesfailed"
        );

        Assert.True(code == 1, said);
        var groups = Groups(await _command.ReportAsync());
        Assert.True(Order(groups[0], "Overlapping").GetArrayLength() > 0, said);
        Assert.True(
            Order(groups[1], "OutOfOrder").GetArrayLength() > 0
                && Order(groups[1], "Overlapping").GetArrayLength() == 0,
            said
        );
        Assert.True(
            Order(groups[2], "Overtaken").GetArrayLength() > 0 && Order(groups[2], "OutOfOrder").GetArrayLength() == 0,
            said
        );
        Assert.All(groups, group => Assert.True(Lost(group) == 0, said));
    }

    [Fact]
    public async Task Workers_that_drop_messages_are_caught_and_the_seed_and_the_command_to_repeat_it_are_printed()
    {
        var (code, said) = await _command.RunAsync(
            "--seed",
            "4",
            "--messages",
            "3000",
            "--duration",
            "2s",
            "--faults",
            "false",
            "--worker",
            "dropping"
        );

        Assert.True(code == 1, said);
        Assert.All(Groups(await _command.ReportAsync()), group => Assert.True(Lost(group) > 0, said));
        Assert.Contains("NOT VALID", said, StringComparison.Ordinal);
        Assert.Contains(
            "Seed 4. To repeat it:\n  dotnet run --project verification/RedisFlow.Chaos -c Release -- --seed 4 "
                + "--messages 3000 ",
            said,
            StringComparison.Ordinal
        );
        Assert.Empty(_command.Processes());
    }

    private static List<JsonElement> Groups(JsonElement report) =>
        [.. report.GetProperty("verdict").GetProperty("Groups").EnumerateArray()];

    private static int Lost(JsonElement group) => group.GetProperty("Lost").GetArrayLength();

    private static JsonElement Order(JsonElement group, string what) => group.GetProperty("Order").GetProperty(what);
}
