using RedisFlow.Cli.CommandLine;
using RedisFlow.Cli.Messages;
using RedisFlow.Cli.Publishing;
using RedisFlow.Cli.Rendering;
using RedisFlow.Cli.Reports;
using RedisFlow.Streams;

namespace RedisFlow.Cli.Tests;

/// <summary>Times, data and reports as text, without a server.</summary>
public sealed class TextTests
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("1.5s", 1500)]
    [InlineData("2m", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("00:00:30", 30_000)]
    [InlineData("0s", 0)]
    public void Times_are_read(string text, long milliseconds)
    {
        Assert.True(Duration.TryParse(text, out var time));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), time);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("5 s")]
    [InlineData("1e3s")]
    [InlineData("999999d")]
    [InlineData("-00:00:30")]
    public void What_is_no_time_is_not_read(string text) => Assert.False(Duration.TryParse(text, out _));

    [Theory]
    [InlineData(850, "850ms")]
    [InlineData(12_340, "12.3s")]
    [InlineData(59_999, "59.9s")]
    [InlineData(185_000, "3m 5s")]
    [InlineData(7_800_000, "2h 10m")]
    [InlineData(349_200_000, "4d 1h")]
    [InlineData(300_000, "5m")]
    public void Times_are_shown_in_two_units(long milliseconds, string text) =>
        Assert.Equal(text, Duration.Text(TimeSpan.FromMilliseconds(milliseconds)));

    [Fact]
    public void Every_type_has_a_name_in_words_by_which_it_is_found()
    {
        var names = new MessageTypeNames(new MessageCatalog(Domain.DomainMessages.Files));

        Assert.Contains("dealership.transferred", names.All);
        Assert.DoesNotContain("stream.message", names.All);
        Assert.All(names.All, name => Assert.Equal(name, MessageTypeNames.InWords(names.Find(name))));
    }

    [Fact]
    public void The_json_of_a_report_keeps_its_names()
    {
        var report = new PendingReport(
            "s",
            [new PendingMessage("g", new MessagePosition(1, 2), "c", TimeSpan.FromSeconds(1.5), 3)],
            false
        );

        Assert.Equal(
            """{"stream":"s","messages":[{"group":"g","position":"1-2","consumer":"c","idleMs":1500,"deliveries":3}],"""
                + "\"hasMore\":false}",
            Json.Line(report)
        );
    }

    [Fact]
    public void A_view_shows_a_report_whoever_made_it()
    {
        using var output = new StringWriter();
        var report = new StreamsReport(
            DateTimeOffset.UnixEpoch,
            [
                new StreamSnapshot(
                    "s [x]",
                    10,
                    new MessagePosition(9, 0),
                    2,
                    [
                        Group("gone", lag: null, pending: 0) with
                        {
                            Exists = false,
                        },
                        Group("held", lag: 3, pending: 1) with
                        {
                            OldestPendingAge = TimeSpan.FromSeconds(61),
                            Paused = new GroupPause("[b]", DateTimeOffset.UnixEpoch),
                        },
                        Group("old", lag: 0, pending: 0) with
                        {
                            Parked = 3,
                            ParkedFor = new Dictionary<string, long> { ["b.New"] = 1, ["a.New"] = 1 },
                        },
                    ]
                )
                {
                    EntriesAdded = 20,
                    Delayed = 1,
                },
            ],
            new Dictionary<string, StreamRates>
            {
                ["s [x]"] = new(
                    12.5,
                    new Dictionary<string, GroupRates>
                    {
                        ["gone"] = new(null, null),
                        ["held"] = new(7, 6),
                        ["old"] = new(7, 6),
                    }
                ),
            }
        );

        StreamsView.Write(Consoles.Create(output, isScreen: false), report);

        var text = output.ToString();
        Assert.Contains(
            "s [x]  10 entries, 20 ever added, 12.5/s, last 9-0, 2 dead letters, 1 delayed",
            text,
            StringComparison.Ordinal
        );
        Assert.Matches(@"gone.*unknown.*declared, missing", text);
        Assert.Matches(@"held.*3.*1.*1m 1s.*7/s.*6/s.*paused since 1970-01-01 00:00:00.000Z: \[b\]", text);
        Assert.Matches(@"old.*3 parked for a.New, b.New", text);
    }

    [Fact]
    public void A_rate_is_known_only_where_the_count_grew_from_a_known_one()
    {
        Assert.Equal(5, StreamRates.PerSecond(20, 10, TimeSpan.FromSeconds(2)));
        Assert.Null(StreamRates.PerSecond(20, null, TimeSpan.FromSeconds(2)));
        Assert.Null(StreamRates.PerSecond(5, 10, TimeSpan.FromSeconds(2)));
        Assert.Null(StreamRates.PerSecond(20, 10, TimeSpan.Zero));
    }

    private static GroupSnapshot Group(string name, long? lag, long pending) =>
        new("s [x]", name, lag, pending, null, default, default, []) { IsDeclared = true, Exists = true };
}
