using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

public sealed class RedriveTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private static readonly Dictionary<string, string?> GiveUpAtOnce = new()
    {
        ["Streams:Groups:0"] = "g",
        ["Streams:Groups:1"] = "h",
        ["Streams:MaxDeliveries"] = "1",
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_redriven_letter_is_handled_by_the_group_that_gave_it_up_and_by_no_other()
    {
        var stream = TestHost.NewStream();
        var fails = true;
        await using var g = await TestHost.StartConsumerAsync(
            redis.Server,
            stream,
            "a",
            (_, _) => Volatile.Read(ref fails) ? throw new InvalidOperationException("not yet") : Task.CompletedTask,
            GiveUpAtOnce
        );
        await using var h = await TestHost.StartConsumerAsync(
            redis.Server,
            stream,
            "b",
            settings: GiveUpAtOnce,
            group: "h"
        );
        var admin = Admin(g);
        var published = await g.Publisher.PublishAsync(TestHost.Renamed(7), Stop);
        var letter = Assert.Single(
            await Eventually.Until(() => admin.GetDeadLettersAsync(), l => l.Count == 1, cancellationToken: Stop)
        );
        await h.DrainedAsync("h");
        Volatile.Write(ref fails, false);

        Assert.Equal(
            ("g", DeadLetterReason.HandlerFailed, 1L, published, "a"),
            (letter.Group, letter.Reason, letter.Attempts, letter.OriginalPosition, letter.Consumer)
        );
        Assert.Contains("not yet", letter.Error, StringComparison.Ordinal);
        Assert.Equal("company/7", letter.Envelope!.Subject);
        var result = await admin.RedriveAsync([letter.Position], Stop);

        var message = Assert.Single(result.Redriven);
        Assert.Equal(letter.Position, message.Letter);
        await g.DrainedAsync("g");
        await h.DrainedAsync("h");
        var again = Assert.Single(g.Handled.All);
        Assert.Equal((message.Message, letter.Envelope.MessageId), (again.Position, again.Message.MessageId));
        Assert.Equal(published, Assert.Single(h.Handled.All).Position);
        Assert.Empty(await admin.GetDeadLettersAsync(cancellationToken: Stop));
    }

    [Fact]
    public async Task A_letter_that_two_operators_redrive_at_once_becomes_one_message()
    {
        await using var ops = await Operations.StartAsync(redis);
        var letters = await AddLettersAsync(ops, 40);

        var results = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(i =>
                    i % 2 == 0
                        ? ops.Admin.RedriveAsync(letters, Stop)
                        : ops.Admin.RedriveAllAsync(cancellationToken: Stop)
                )
        );

        Assert.Equal(letters, results.SelectMany(r => r.Redriven).Select(r => r.Letter).Order());
        Assert.Equal(40, await ops.LengthAsync());
        var late = await ops.Admin.RedriveAsync([letters[0]], Stop);
        Assert.Equal((0, letters[0]), (late.Redriven.Count, Assert.Single(late.NotFound)));
        Assert.Equal(40, await ops.LengthAsync());
    }

    [Fact]
    public async Task All_is_what_matches_the_filter_up_to_the_limit()
    {
        await using var ops = await Operations.StartAsync(redis);
        await AddLettersAsync(ops, 20, "g", DeadLetterReason.HandlerFailed);
        await AddLettersAsync(ops, 20, "g", DeadLetterReason.UnknownType);
        await AddLettersAsync(ops, 20, "h", DeadLetterReason.UnknownType);
        var filter = new DeadLetterFilter { Group = "g", Reason = DeadLetterReason.UnknownType };

        Assert.Equal(18, (await ops.Admin.RedriveAllAsync(filter, 18, Stop)).Redriven.Count);
        Assert.Equal(2, (await ops.Admin.RedriveAllAsync(filter, 18, Stop)).Redriven.Count);
        Assert.Empty((await ops.Admin.RedriveAllAsync(filter, 18, Stop)).Redriven);

        Assert.Equal(40, (await ops.SnapshotAsync()).DeadLetters);
        Assert.Equal(
            20,
            (await ops.Admin.RedriveAllAsync(new() { Group = "h" }, cancellationToken: Stop)).Redriven.Count
        );
        Assert.Equal(20, (await ops.Admin.RedriveAllAsync(cancellationToken: Stop)).Redriven.Count);
        Assert.Empty((await ops.Admin.RedriveAllAsync(cancellationToken: Stop)).Redriven);
    }

    [Fact]
    public async Task What_fails_again_at_once_is_redriven_once_by_one_call()
    {
        var stream = TestHost.NewStream();
        await using var host = await TestHost.StartConsumerAsync(
            redis.Server,
            stream,
            behave: (_, _) => throw new InvalidOperationException("always"),
            settings: new() { ["Streams:MaxDeliveries"] = "1" }
        );
        await host.PublishAsync(1, 30);
        await Eventually.Until(
            async () => (await host.Monitor.GetSnapshotAsync()).DeadLetters == 30,
            cancellationToken: Stop
        );

        Assert.Equal(30, (await Admin(host).RedriveAllAsync(limit: 1_000_000, cancellationToken: Stop)).Redriven.Count);
    }

    [Fact]
    public async Task An_undecodable_letter_is_published_as_it_was_and_one_without_data_stays()
    {
        await using var ops = await Operations.StartAsync(redis);
        byte[] bytes = [0xff, 0xff, 0x00, 0xc3, 0x28];
        var broken = await AddLetterAsync(ops, "g", DeadLetterReason.Undecodable, bytes);
        var empty = await AddLetterAsync(ops, "g", DeadLetterReason.NoData, []);

        var letters = await ops.Admin.GetDeadLettersAsync(cancellationToken: Stop);
        var result = await ops.Admin.RedriveAllAsync(cancellationToken: Stop);

        Assert.All(letters, letter => Assert.Null(letter.Envelope));
        Assert.Equal(bytes, letters[0].Data.ToArray());
        Assert.Equal((broken, empty), (Assert.Single(result.Redriven).Letter, Assert.Single(result.WithoutData)));
        var entry = (RedisResult[])
            ((RedisResult[])(await redis.Database.ExecuteAsync("XRANGE", (RedisKey)ops.Keys.Stream, "-", "+"))!)[0]!;
        Assert.Equal(bytes, (byte[]?)((RedisResult[])entry[1]!)[1]);
        Assert.Equal(empty, Assert.Single(await ops.Admin.GetDeadLettersAsync(cancellationToken: Stop)).Position);
    }

    [Fact]
    public async Task Fields_of_a_newer_schema_survive_a_redrive()
    {
        await using var ops = await Operations.StartAsync(redis);

        // A field 1000 that this build does not know.
        byte[] bytes = [.. Envelope(1).ToByteArray(), 0xc2, 0x3e, 0x02, 0x68, 0x69];
        await AddLetterAsync(ops, "g", DeadLetterReason.NewerSchema, bytes);

        await ops.Admin.RedriveAllAsync(cancellationToken: Stop);

        var entry = (RedisResult[])
            ((RedisResult[])(await redis.Database.ExecuteAsync("XRANGE", (RedisKey)ops.Keys.Stream, "-", "+"))!)[0]!;
        var redriven = (byte[])((RedisResult[])entry[1]!)[1]!;
        Assert.Equal("g", StreamMessage.Parser.ParseFrom(redriven).TargetApplication);
        Assert.True(redriven.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xc2, 0x3e, 0x02, 0x68, 0x69]) >= 0);
    }

    [Fact]
    public async Task Letters_are_read_page_by_page_also_those_that_something_else_wrote()
    {
        await using var ops = await Operations.StartAsync(redis);
        var letters = await AddLettersAsync(ops, 5);
        await redis.Database.ExecuteAsync("XADD", (RedisKey)ops.Keys.Dead, "*", "note", "by hand");

        var first = await ops.Admin.GetDeadLettersAsync(count: 3, cancellationToken: Stop);
        var second = await ops.Admin.GetDeadLettersAsync(first[^1].Position, 3, Stop);

        Assert.Equal(letters, first.Concat(second).SkipLast(1).Select(letter => letter.Position));
        var foreign = second[^1];
        Assert.Equal(
            ("", "", 0L, null, null),
            (foreign.Group, foreign.Reason, foreign.Attempts, foreign.OriginalPosition, foreign.Envelope)
        );
        Assert.Empty(await ops.Admin.GetDeadLettersAsync(foreign.Position, 3, Stop));
    }

    [Fact]
    public async Task A_dropped_letter_is_gone_for_good()
    {
        await using var ops = await Operations.StartAsync(redis);
        var letter = (await AddLettersAsync(ops, 1)).Single();

        Assert.True(await ops.Admin.DropDeadLetterAsync(letter, Stop));
        Assert.False(await ops.Admin.DropDeadLetterAsync(letter, Stop));
        Assert.Single((await ops.Admin.RedriveAsync([letter], Stop)).NotFound);
        Assert.Equal(0, await ops.LengthAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1_000_001)]
    public async Task Counts_out_of_range_are_refused(int count)
    {
        await using var ops = await Operations.StartAsync(redis);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
            ops.Admin.GetDeadLettersAsync(count: count, cancellationToken: Stop)
        );
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
            ops.Admin.RedriveAllAsync(limit: count, cancellationToken: Stop)
        );
    }

    private static IStreamAdministration Admin(TestHost host) =>
        host.Services.GetRequiredService<IStreamAdministration>();

    private static StreamMessage Envelope(int id) => new() { MessageId = $"message-{id}", Subject = $"company/{id}" };

    private async Task<MessagePosition[]> AddLettersAsync(
        Operations ops,
        int count,
        string group = "g",
        string reason = DeadLetterReason.HandlerFailed
    )
    {
        var letters = new List<MessagePosition>();
        for (var i = 0; i < count; i++)
        {
            letters.Add(await AddLetterAsync(ops, group, reason, Envelope(i).ToByteArray()));
        }

        return [.. letters];
    }

    private async Task<MessagePosition> AddLetterAsync(Operations ops, string group, string reason, byte[] data) =>
        MessagePosition.Parse(
            (string)
                (
                    await redis.Database.ExecuteAsync(
                        "XADD",
                        (RedisKey)ops.Keys.Dead,
                        "*",
                        "data",
                        data,
                        "group",
                        group,
                        "reason",
                        reason,
                        "error",
                        "e",
                        "attempts",
                        5,
                        "position",
                        "1-1",
                        "consumer",
                        "c"
                    )
                )!
        );
}
