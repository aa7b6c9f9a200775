using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Testing;

namespace RedisFlow.Streams.Tests;

public sealed class EnvelopePublisherTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_envelope_is_published_later_as_it_was_created()
    {
        var stream = TestHost.NewStream();
        await using var host = await TestHost.StartConsumerAsync(redis.Server, stream);
        var envelopes = EnvelopesOf(host);
        using var request = new Activity("request").Start();
        var trace = request.TraceId.ToString();

        var envelope = envelopes.CreateEnvelope(TestHost.Renamed(1));
        request.Stop();
        var kept = StreamMessage.Parser.ParseFrom(Google.Protobuf.MessageExtensions.ToByteArray(envelope));
        var position = Assert.Single(await envelopes.PublishAsync([kept], Cancellation));

        await host.DrainedAsync();
        var handled = Assert.Single(host.Handled.All);
        Assert.Equal((position, envelope), (handled.Position, handled.Message));
        Assert.True(Guid.TryParse(envelope.MessageId, out _));
        Assert.Contains(trace, envelope.Traceparent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Envelopes_that_are_sent_again_keep_their_positions()
    {
        var stream = TestHost.NewStream();
        await using var host = await TestHost.StartConsumerAsync(redis.Server, stream);
        var envelopes = EnvelopesOf(host);
        var all = Enumerable.Range(1, 300).Select(id => envelopes.CreateEnvelope(TestHost.Renamed(id))).ToArray();

        var first = await envelopes.PublishAsync(all[..200], Cancellation);
        var again = await envelopes.PublishAsync(all, Cancellation);

        Assert.Equal(first, again.Take(200));
        Assert.Equal(again.Order(), again);
        Assert.Equal(300, again.Distinct().Count());
        await host.DrainedAsync();
        Assert.Equal(300, host.Handled.All.Count);
    }

    [Fact]
    public async Task What_consumers_could_not_handle_is_refused_when_its_envelope_is_created()
    {
        using var host = TestHost.Build(redis.Server, TestHost.NewStream());
        var envelopes = EnvelopesOf(host);

        Assert.Throws<ArgumentException>(() => envelopes.CreateEnvelope(TestHost.Renamed(1) with { Subject = "a\nb" }));
        var refused = await Assert.ThrowsAsync<ArgumentException>(() =>
            envelopes.PublishAsync([envelopes.CreateEnvelope(TestHost.Renamed(1)), new StreamMessage()], Cancellation)
        );
        Assert.Equal("envelopes[1]", refused.ParamName);
    }

    private static IEnvelopePublisher EnvelopesOf(TestHost host) =>
        host.Services.GetRequiredService<IEnvelopePublisher>();
}
