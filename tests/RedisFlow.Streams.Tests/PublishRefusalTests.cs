using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Domain.Messages;
using RedisFlow.Testing;

namespace RedisFlow.Streams.Tests;

public sealed class PublishRefusalTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    public static TheoryData<string, Publication, string> Refused =>
        new()
        {
            { "no payload", TestHost.Renamed(1) with { Payload = null! }, "payload" },
            { "subject null", TestHost.Renamed(1) with { Subject = null! }, "Subject is null" },
            { "subject long", TestHost.Renamed(1) with { Subject = new string('s', 501) }, "501" },
            { "subject control", TestHost.Renamed(1) with { Subject = "company/1\n" }, "control character" },
            { "content null", TestHost.Renamed(1) with { Content = null! }, "Content is null" },
            { "content long", TestHost.Renamed(1) with { Content = new string('c', 2001) }, "2001" },
            { "tenant", TestHost.Renamed(1) with { Tenant = new string('t', 201) }, "Tenant" },
            { "target", TestHost.Renamed(1) with { TargetApplication = "a\0b" }, "TargetApplication" },
            { "version", TestHost.Renamed(1) with { EntityVersion = -1 }, "EntityVersion is -1" },
            { "headers null", TestHost.Renamed(1) with { Headers = null! }, "Headers is null" },
            {
                "headers",
                TestHost.Renamed(1) with
                {
                    Headers = Enumerable.Range(0, 65).ToDictionary(i => $"h{i}", _ => ""),
                },
                "65 headers"
            },
            {
                "header name empty",
                TestHost.Renamed(1) with
                {
                    Headers = new Dictionary<string, string> { [""] = "x" },
                },
                "header name"
            },
            {
                "header name blank",
                TestHost.Renamed(1) with
                {
                    Headers = new Dictionary<string, string> { ["a b"] = "x" },
                },
                "header name"
            },
            {
                "header name long",
                TestHost.Renamed(1) with
                {
                    Headers = new Dictionary<string, string> { [new string('h', 201)] = "x" },
                },
                "201"
            },
            {
                "header value null",
                TestHost.Renamed(1) with
                {
                    Headers = new Dictionary<string, string> { ["h"] = null! },
                },
                "the header 'h' is null"
            },
            {
                "header value long",
                TestHost.Renamed(1) with
                {
                    Headers = new Dictionary<string, string> { ["h"] = new('v', 8193) },
                },
                "8193"
            },
            { "id empty", TestHost.Renamed(1) with { MessageId = "" }, "0 characters" },
            { "id long", TestHost.Renamed(1) with { MessageId = new string('i', 101) }, "101 characters" },
            { "id blank", TestHost.Renamed(1) with { MessageId = "order 42" }, "'order 42'" },
            { "id control", TestHost.Renamed(1) with { MessageId = "order\u0007" }, "'order?'" },
            { "id invisible", TestHost.Renamed(1) with { MessageId = "order\u200b" }, "visible" },
            { "id no text", TestHost.Renamed(1) with { MessageId = "order\ud800" }, "visible" },
            {
                "type",
                new Publication(new Google.Protobuf.WellKnownTypes.Duration(), "x", "x"),
                "google.protobuf.Duration"
            },
        };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_consumers_could_not_handle_is_refused_by_every_way_to_publish(
        string what,
        Publication bad,
        string problem
    )
    {
        var stream = TestHost.NewStream();
        using var host = TestHost.Build(redis.Server, stream);
        var good = TestHost.Renamed(2);
        var script = new PublishingScript("return {publish(), 1}");
        var transaction = redis.Database.CreateTransaction();

        await SaysAsync("publication", () => host.Publisher.PublishAsync(bad, Cancellation));
        await SaysAsync("publications[1]", () => host.Publisher.PublishAsync([good, bad, good], Cancellation));
        await SaysAsync("publication", () => host.Publisher.PublishAsync(script, bad, [], [], Cancellation));
        await SaysAsync(
            "publication",
            () => host.Publisher.PublishAtAsync(bad, DateTimeOffset.UnixEpoch, Cancellation)
        );

        // Thrown, not put into the task: the caller executes the transaction before it awaits that.
        var enlisted = Assert.ThrowsAny<ArgumentException>(() =>
        {
            _ = host.Publisher.EnlistAsync(transaction, bad);
        });
        Assert.Contains(problem, enlisted.Message, StringComparison.Ordinal);
        Assert.False(await redis.Database.KeyExistsAsync($"{{{stream}}}:stream"), $"{what}: something was sent.");

        async Task SaysAsync(string parameter, Func<Task> publish)
        {
            var refused = await Assert.ThrowsAnyAsync<ArgumentException>(publish);
            Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
            Assert.StartsWith(parameter, refused.ParamName, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_envelope_of_16_MB_is_refused_with_its_size_the_limit_and_the_settings_name()
    {
        var stream = TestHost.NewStream();
        using var host = TestHost.Build(
            redis.Server,
            stream,
            streams: streams => streams.AddStream("orders").AddStreamConsumer("g")
        );
        var large = new Publication(
            new CompanyUpdated { CompanyId = 1, Name = new string('x', 16 * 1024 * 1024) },
            "company/1",
            "large"
        );

        var refused = await Assert.ThrowsAsync<ArgumentException>(() =>
            host.Publisher.PublishAsync(large, Cancellation)
        );
        Assert.Matches("16,777,[0-9]{3} bytes", refused.Message);
        Assert.Contains("Streams:MaxMessageSize allows 1,048,576", refused.Message, StringComparison.Ordinal);

        var orders = host.Services.GetRequiredKeyedService<IStreamPublisher>("orders");
        refused = await Assert.ThrowsAsync<ArgumentException>(() => orders.PublishAsync(large, Cancellation));
        Assert.Contains("Streams:Additional:orders:MaxMessageSize", refused.Message, StringComparison.Ordinal);

        Assert.Throws<ArgumentException>(() =>
        {
            _ = host.Publisher.EnlistAsync(redis.Database.CreateTransaction(), large);
        });
        Assert.False(await redis.Database.KeyExistsAsync($"{{{stream}}}:stream"));
    }

    [Fact]
    public async Task The_limit_holds_to_the_byte()
    {
        // Every envelope carries a trace context, or it would depend on who else listens in this process.
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == StreamTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        var stream = TestHost.NewStream();
        using var host = TestHost.Build(redis.Server, stream, settings: new() { ["Streams:MaxMessageSize"] = "2000" });
        await host.Publisher.PublishAsync(Sized(1000), Cancellation);
        var entry = (RedisResultArray)await redis.Database.ExecuteAsync("XRANGE", $"{{{stream}}}:stream", "-", "+");
        var rest = 2000 - entry.Data.Length;

        await host.Publisher.PublishAsync(Sized(1000 + rest), Cancellation);
        var refused = await Assert.ThrowsAsync<ArgumentException>(() =>
            host.Publisher.PublishAsync(Sized(1000 + rest + 1), Cancellation)
        );
        Assert.Contains("2,001 bytes", refused.Message, StringComparison.Ordinal);

        // Only the trace context makes it too large, and that is thrown at once too, not put into the task.
        Assert.Throws<ArgumentException>(() =>
        {
            _ = host.Publisher.EnlistAsync(redis.Database.CreateTransaction(), Sized(1000 + rest + 1));
        });
        await Assert.ThrowsAsync<ArgumentException>(() =>
            host.Publisher.PublishAsync([Sized(1), Sized(1000 + rest + 1)], Cancellation)
        );
        Assert.Equal(2, (long)await redis.Database.ExecuteAsync("XLEN", $"{{{stream}}}:stream"));

        static Publication Sized(int name) =>
            new(new CompanyUpdated { CompanyId = 1, Name = new string('x', name) }, "company/1", "sized");
    }

    [Fact]
    public async Task What_is_just_within_the_bounds_is_published()
    {
        using var host = TestHost.Build(redis.Server, TestHost.NewStream());

        await host.Publisher.PublishAsync(
            TestHost.Renamed(1) with
            {
                MessageId = new string('ä', 100),
                Subject = new string('s', 500),
                Content = "two\nlines" + new string('c', 1991),
                Tenant = new string('t', 200),
                Headers = Enumerable
                    .Range(0, 64)
                    .ToDictionary(i => $"{i}".PadRight(200, 'h'), _ => "any text\n at all"),
            },
            Cancellation
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    public async Task An_id_that_no_message_can_have_cannot_be_cancelled(string id)
    {
        using var host = TestHost.Build(redis.Server, TestHost.NewStream());

        await Assert.ThrowsAsync<ArgumentException>(() => host.Publisher.CancelAsync(id, Cancellation));
    }

    /// <summary>The one entry of a range.</summary>
    private sealed record RedisResultArray(byte[] Data)
    {
        public static explicit operator RedisResultArray(StackExchange.Redis.RedisResult reply)
        {
            var entry = (StackExchange.Redis.RedisResult[])((StackExchange.Redis.RedisResult[])reply!)[0]!;
            return new((byte[])((StackExchange.Redis.RedisResult[])entry[1]!)[1]!);
        }
    }
}
