using RedisFlow.Domain.Messages;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

public sealed class PublishAndConsumeTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task A_published_message_arrives_with_everything_it_was_given()
    {
        var stream = TestHost.NewStream();
        await using var host = await TestHost.StartConsumerAsync(redis.Server, stream);
        var publication = TestHost.Renamed(42) with
        {
            EntityVersion = 7,
            Tenant = "acme",
            Headers = new Dictionary<string, string> { ["reason"] = "test" },
        };

        var position = await host.Publisher.PublishAsync(publication, TestContext.Current.CancellationToken);
        await host.DrainedAsync();

        var delivery = Assert.Single(host.Handled.All);
        Assert.Equal(position, delivery.Position);
        Assert.Equal(new CompanyUpdated { CompanyId = 42, Name = "company 42" }, delivery.Payload);
        Assert.Equal(("g", "a", 1), (delivery.Group, delivery.Consumer, delivery.DeliveryCount));
        var message = delivery.Message;
        Assert.Equal("tests/a", message.Producer);
        Assert.Equal("tests", message.SourceApplication);
        Assert.Equal("company/42", message.Subject);
        Assert.Equal("Company 42 was renamed.", message.Content);
        Assert.Equal(7, message.EntityVersion);
        Assert.Equal("acme", message.Tenant);
        Assert.Equal("test", message.Headers["reason"]);
        Assert.Equal(1u, message.SchemaVersion);
        Assert.Equal(7, Guid.Parse(message.MessageId).Version);
    }

    [Fact]
    public async Task A_typed_handler_gets_its_type_only_and_runs_after_those_for_all()
    {
        var stream = TestHost.NewStream();
        await using var host = await TestHost.StartAsync(
            TestHost.Build(
                redis.Server,
                stream,
                streams: streams =>
                {
                    streams.AddStreamConsumer("g").Handle<CompanyUpdated, TypedHandler>();
                    streams.AddStreamConsumer("g").HandleEveryMessage<RecordingHandler>();
                }
            )
        );

        await host.Publisher.PublishAsync(
            new Publication(new CompanyDeleted { CompanyId = 1 }, "company/1", "gone"),
            TestContext.Current.CancellationToken
        );
        await host.Publisher.PublishAsync(TestHost.Renamed(2), TestContext.Current.CancellationToken);
        await host.DrainedAsync();

        // All: the deletion and the update; then the update once more, by the typed handler.
        Assert.Equal(
            [typeof(CompanyDeleted), typeof(CompanyUpdated), typeof(CompanyUpdated)],
            host.Handled.All.OrderBy(d => d.Position).Select(d => d.Payload.GetType())
        );
        Assert.IsType<StreamDelivery<CompanyUpdated>>(host.Handled.All.Where(d => d.Payload is CompanyUpdated).Last());
    }

    [Fact]
    public async Task A_group_receives_what_was_published_before_its_service_first_ran()
    {
        var stream = TestHost.NewStream();
        await using var publisher = await TestHost.StartPublisherAsync(redis.Server, stream);
        await publisher.PublishAsync(1, 20);

        await using var late = await TestHost.StartConsumerAsync(redis.Server, stream, group: "late");
        await late.DrainedAsync("late");

        Assert.Equal(Enumerable.Range(1, 20).Select(id => (long)id), late.Handled.Companies.Order());
        Assert.Equal("0-0", (string?)await redis.Database.HashGetAsync($"{{{stream}}}:groups", "late"));
    }

    [Fact]
    public async Task A_publisher_alone_declares_every_group_at_the_beginning()
    {
        var stream = TestHost.NewStream();
        await using var host = await TestHost.StartPublisherAsync(
            redis.Server,
            stream,
            new() { ["Streams:Groups:0"] = "reporting", ["Streams:Groups:1"] = "billing" }
        );

        var snapshot = await Eventually.Until(
            () => host.Monitor.GetSnapshotAsync(),
            s => s.Groups.Count == 2,
            cancellationToken: TestContext.Current.CancellationToken
        );

        Assert.Equal(["billing", "reporting"], snapshot.Groups.Select(g => g.Name));
        Assert.All(snapshot.Groups, g => Assert.Equal(MessagePosition.Beginning, g.LastDelivered));
    }

    [Fact]
    public async Task Every_group_receives_every_message_and_each_of_a_groups_consumers_a_part()
    {
        var stream = TestHost.NewStream();
        await using var one = await TestHost.StartConsumerAsync(redis.Server, stream, "one", group: "x");
        await using var two = await TestHost.StartConsumerAsync(redis.Server, stream, "two", group: "y");
        await using var three = await TestHost.StartConsumerAsync(redis.Server, stream, "three", group: "y");

        await one.PublishAsync(1, 300);
        await one.DrainedAsync("x");
        await one.DrainedAsync("y");

        var all = Enumerable.Range(1, 300).Select(id => (long)id).ToArray();
        Assert.Equal(all, one.Handled.Companies.Order());
        Assert.Equal(all, two.Handled.Companies.Concat(three.Handled.Companies).Order());
    }

    [Fact]
    public async Task Messages_of_one_subject_are_handled_in_order_and_others_side_by_side()
    {
        var stream = TestHost.NewStream();
        var atOnce = 0;
        var most = 0;
        var two = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var publisher = await TestHost.StartPublisherAsync(redis.Server, stream);
        for (var i = 0; i < 100; i++)
        {
            await publisher.Publisher.PublishAsync(
                TestHost.Renamed(i % 10, $"{i}"),
                TestContext.Current.CancellationToken
            );
        }

        await using var host = await TestHost.StartConsumerAsync(
            redis.Server,
            stream,
            behave: async (_, cancellationToken) =>
            {
                InterlockedMax(ref most, Interlocked.Increment(ref atOnce));
                if (Volatile.Read(ref most) > 1)
                {
                    two.TrySetResult();
                }

                // However slow the machine is, the first one is still running when the second one comes, if one comes.
                await two.Task.WaitAsync(Eventually.DefaultLimit / 2, cancellationToken);
                await Task.Delay(5, cancellationToken);
                Interlocked.Decrement(ref atOnce);
            }
        );
        await host.DrainedAsync();

        foreach (var subject in host.Handled.All.GroupBy(d => d.Message.Subject))
        {
            Assert.Equal(subject.Select(d => d.Position).Order(), subject.Select(d => d.Position));
            Assert.Equal(10, subject.Count());
        }

        Assert.InRange(most, 2, 10);
    }

    [Fact]
    public async Task A_committed_transaction_publishes_and_a_failed_one_does_not()
    {
        var stream = TestHost.NewStream();
        await using var host = await TestHost.StartConsumerAsync(redis.Server, stream);
        RedisKey state = $"{{{stream}}}:state";

        var refused = redis.Database.CreateTransaction();
        refused.AddCondition(Condition.KeyExists(state));
        _ = refused.StringSetAsync(state, "refused");
        var never = host.Publisher.EnlistAsync(refused, TestHost.Renamed(1));
        Assert.False(await refused.ExecuteAsync());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            never.WaitAsync(Eventually.DefaultLimit, TestContext.Current.CancellationToken)
        );

        var committed = redis.Database.CreateTransaction();
        committed.AddCondition(Condition.KeyNotExists(state));
        _ = committed.StringSetAsync(state, "committed");
        var published = host.Publisher.EnlistAsync(committed, TestHost.Renamed(2));
        Assert.True(await committed.ExecuteAsync());
        var position = await published.WaitAsync(Eventually.DefaultLimit, TestContext.Current.CancellationToken);

        await host.DrainedAsync();
        Assert.Equal("committed", (string?)await redis.Database.StringGetAsync(state));
        Assert.Equal(position, Assert.Single(host.Handled.All).Position);
        Assert.Equal([2L], host.Handled.Companies);
    }

    [Fact]
    public async Task A_message_for_another_application_is_acknowledged_unhandled()
    {
        var stream = TestHost.NewStream();
        await using var host = await TestHost.StartConsumerAsync(redis.Server, stream);

        await host.Publisher.PublishAsync(
            TestHost.Renamed(1) with
            {
                TargetApplication = "other",
            },
            TestContext.Current.CancellationToken
        );
        await host.Publisher.PublishAsync(
            TestHost.Renamed(2) with
            {
                TargetApplication = "g",
            },
            TestContext.Current.CancellationToken
        );
        await host.DrainedAsync();

        Assert.Equal([2L], host.Handled.Companies);
    }

    [Fact]
    public async Task A_payload_that_no_consumer_would_know_is_refused_by_the_publisher()
    {
        await using var host = await TestHost.StartPublisherAsync(redis.Server, TestHost.NewStream());

        var refused = await Assert.ThrowsAsync<ArgumentException>(() =>
            host.Publisher.PublishAsync(
                new Publication(new Google.Protobuf.WellKnownTypes.Duration(), "x", "x"),
                TestContext.Current.CancellationToken
            )
        );

        Assert.Contains("google.protobuf.Duration", refused.Message, StringComparison.Ordinal);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        var seen = Volatile.Read(ref target);
        while (value > seen)
        {
            var before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }

    private sealed class TypedHandler(Recorder recorder) : IStreamHandler<CompanyUpdated>
    {
        public Task HandleAsync(StreamDelivery<CompanyUpdated> delivery, CancellationToken cancellationToken) =>
            recorder.HandleAsync(delivery, cancellationToken);
    }
}
