using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using RedisFlow.Domain.Messages;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

/// <summary>Entries that others put into the stream, by mistake or on purpose: the worker goes on.</summary>
public sealed class BadEntryTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task Whatever_is_in_the_stream_ends_as_a_dead_letter_with_its_reason_and_what_follows_is_handled()
    {
        var stream = TestHost.NewStream();
        var keys = new StreamKeys(stream);
        await using var host = await TestHost.StartConsumerAsync(redis.Server, stream);
        var good = Envelope(1).ToByteArray();

        // Seeded, so that a failure comes again.
#pragma warning disable CA5394
        var random = new Random(7);
        List<string> expected = [];
        for (var i = 0; i < 300; i++)
        {
            var bytes = new byte[random.Next(0, 400)];
            random.NextBytes(bytes);
            var cut = good[..random.Next(1, good.Length)];
            var (reason, fields) = (i % 5) switch
            {
                0 => (DeadLetterReason.NoData, new object[] { "other", bytes }),
                1 => (DeadLetterReason.Undecodable, ["data", (byte[])[0xff, .. bytes]]),
                2 => (DeadLetterReason.Undecodable, ["data", cut]),
                3 => (DeadLetterReason.Undecodable, ["note", "x", "data", (byte[])[0xff, 0xff], "data", good]),
                _ => (DeadLetterReason.Undecodable, ["data", Array.Empty<byte>()]),
            };
            expected.Add(reason);
            await redis.Database.ExecuteAsync("XADD", [(RedisKey)keys.Stream, "*", .. fields]);
        }
#pragma warning restore CA5394

        await host.Publisher.PublishAsync(TestHost.Renamed(2), TestContext.Current.CancellationToken);
        await host.DrainedAsync();

        Assert.Equal([2L], host.Handled.Companies);
        var reasons = await ReasonsAsync(keys);
        Assert.Equal(expected.Count, reasons.Count);
        Assert.Equal(
            expected.Count(reason => reason == DeadLetterReason.NoData),
            reasons.Count(reason => reason == DeadLetterReason.NoData)
        );
    }

    [Fact]
    public async Task A_foreign_envelope_of_16_MB_that_can_be_decoded_is_handled()
    {
        var stream = TestHost.NewStream();
        await using var host = await TestHost.StartConsumerAsync(redis.Server, stream);
        var message = Envelope(1);
        message.Content = new string('x', 16 * 1024 * 1024);

        await redis.Database.ExecuteAsync(
            "XADD",
            (RedisKey)new StreamKeys(stream).Stream,
            "*",
            "data",
            message.ToByteArray()
        );
        await host.Publisher.PublishAsync(TestHost.Renamed(2), TestContext.Current.CancellationToken);
        await host.DrainedAsync();

        Assert.Equal([1L, 2L], host.Handled.Companies.Order());
    }

    [Fact]
    public async Task A_message_for_another_application_is_passed_over_though_its_type_is_unknown_here()
    {
        var stream = TestHost.NewStream();
        var keys = new StreamKeys(stream);
        await using var host = await TestHost.StartConsumerAsync(redis.Server, stream);
        var message = Envelope(1);
        message.TargetApplication = "other";
        message.Payload.TypeUrl = "type.googleapis.com/redisflow.v1.Unheard";

        await redis.Database.ExecuteAsync("XADD", (RedisKey)keys.Stream, "*", "data", message.ToByteArray());
        await host.Publisher.PublishAsync(TestHost.Renamed(2), TestContext.Current.CancellationToken);
        await host.DrainedAsync();

        Assert.Equal([2L], host.Handled.Companies);
        Assert.Empty(await ReasonsAsync(keys));
    }

    private static StreamMessage Envelope(int id) =>
        new()
        {
            Payload = Any.Pack(new CompanyUpdated { CompanyId = id }),
            SchemaVersion = MessageSchema.CurrentVersion,
            MessageId = $"{id}",
        };

    private async Task<List<string>> ReasonsAsync(StreamKeys keys)
    {
        var entries = (RedisResult[]?)await redis.Database.ExecuteAsync("XRANGE", (RedisKey)keys.Dead, "-", "+") ?? [];
        return
        [
            .. entries
                .Select(entry => (RedisResult[])((RedisResult[])entry!)[1]!)
                .Select(fields => (string)fields[Array.FindIndex(fields, field => (string?)field == "reason") + 1]!),
        ];
    }
}
