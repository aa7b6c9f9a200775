using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Domain;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using RedisFlow.Testing;

namespace RedisFlow.Docs.Tests.Samples;

/// <summary>What the pages show, run: the code of every region is called here, on a real server.</summary>
public sealed class SampleTests(RedisFixture redis)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_that_is_published_is_handled_by_the_class_that_one_line_added()
    {
        await using var host = await SampleHost.StartAsync(redis.Server, Registrations.OneLine);

        await host.Publishing.OneAsync(7, 1, Cancellation);

        await Eventually.Until(
            () => host.Letters.Sent.Select(letter => letter.DealershipId).SequenceEqual([7]),
            cancellationToken: Cancellation
        );
    }

    [Fact]
    public async Task A_transaction_carries_the_change_and_its_message()
    {
        await using var host = await SampleHost.StartAsync(redis.Server, Registrations.OneLine);
        await host.Database.StringSetAsync("dealership:8", "open");

        Assert.NotNull(await host.Publishing.TransactionAsync(host.Database, 8, 1));
        Assert.False(await host.Database.KeyExistsAsync("dealership:8"));
        await Eventually.Until(() => host.Letters.Sent.Count == 1, cancellationToken: Cancellation);

        // Now it is closed: neither a change nor a message.
        Assert.Null(await host.Publishing.TransactionAsync(host.Database, 8, 1));
        Assert.Equal(1, (await host.Monitor.GetSnapshotAsync(Cancellation)).Length);
    }

    [Fact]
    public async Task A_batch_keeps_its_order()
    {
        await using var host = await SampleHost.StartAsync(redis.Server, Registrations.OneLine);

        var positions = await host.Publishing.ManyAsync([5, 6, 7], 1, Cancellation);

        Assert.Equal(positions.Order(), positions);
        await Eventually.Until(
            () => host.Letters.Sent.Select(letter => letter.DealershipId).SequenceEqual([5, 6, 7]),
            cancellationToken: Cancellation
        );
    }

    [Fact]
    public async Task A_message_with_an_id_is_in_the_stream_once()
    {
        await using var host = await SampleHost.StartAsync(redis.Server, Registrations.OneLine);

        var (first, again) = await host.Publishing.OnceAsync(7, 1, Cancellation);

        Assert.Equal(first, again);
        Assert.Equal(1, (await host.Monitor.GetSnapshotAsync(Cancellation)).Length);
    }

    [Fact]
    public async Task A_durable_publisher_says_whether_replicas_have_the_message()
    {
        await using var pair = await RedisPair.StartAsync(Cancellation);
        await using var host = await SampleHost.StartAsync(pair, Registrations.OneLine);
        var durable = host.Services.GetRequiredService<IDurableStreamPublisher>();
        var closed = new Publication(
            new DealershipClosed { DealershipId = 7, CompanyId = 1 },
            Subjects.Company(1),
            "Dealership 7 was closed."
        )
        {
            MessageId = "dealership-7/closed",
        };

        var position = await Publishing.DurableAsync(durable, closed, Cancellation);

        Assert.NotNull(position);
        await pair.First.CutReplicasOffAsync(Cancellation);
        Assert.Null(await Publishing.DurableAsync(durable, closed, Cancellation));
    }

    [Fact]
    public async Task A_delayed_message_waits_and_can_be_cancelled_once()
    {
        await using var host = await SampleHost.StartAsync(redis.Server, Registrations.OneLine);
        var reminder = new Publication(
            new DealershipClosed { DealershipId = 7, CompanyId = 1 },
            Subjects.Company(1),
            "Dealership 7 was closed a week ago."
        );

        var messageId = await host.Publishing.LaterAsync(reminder, Cancellation);

        var snapshot = await host.Monitor.GetSnapshotAsync(Cancellation);
        Assert.Equal((0, 1), (snapshot.Length, snapshot.Delayed));
        Assert.True(await host.Publishing.CancelAsync(messageId, Cancellation));
        Assert.False(await host.Publishing.CancelAsync(messageId, Cancellation));
    }

    [Fact]
    public async Task A_handler_for_all_hears_of_messages_and_of_what_is_given_up()
    {
        await using var host = await SampleHost.StartAsync(redis.Server, Registrations.OneLine, Registrations.All);
        host.Letters.Before = () => throw new InvalidOperationException("No such address.");

        var position = await host.Publishing.OneAsync(7, 1, Cancellation);

        await Eventually.Until(
            () =>
                host.Lines.Contains(
                    $"{position} was given up ({DeadLetterReason.HandlerFailed}): InvalidOperationException: No such "
                        + "address."
                ),
            cancellationToken: Cancellation
        );
        Assert.Contains($"{position} company/1: Dealership 7 was closed.", host.Lines);
        await Eventually.Until(
            async () => (await host.Monitor.GetSnapshotAsync(Cancellation)).DeadLetters == 1,
            cancellationToken: Cancellation
        );
    }

    [Fact]
    public async Task An_exception_that_is_declared_an_infrastructure_fault_costs_no_attempt()
    {
        var failures = 20;
        await using var host = await SampleHost.StartAsync(
            redis.Server,
            Registrations.OneLine,
            Registrations.Faults,
            builder => builder.Services.Configure<StreamOptions>(options => options.MaxRetryDelay = options.RetryDelay)
        );
        host.Letters.Before = () =>
        {
            if (Interlocked.Decrement(ref failures) >= 0)
            {
                throw new LetterOfficeClosedException("Until tomorrow.");
            }
        };

        await host.Publishing.OneAsync(7, 1, Cancellation);

        await Eventually.Until(() => host.Letters.Sent.Count == 1, cancellationToken: Cancellation);
        Assert.Equal(0, (await host.Monitor.GetSnapshotAsync(Cancellation)).DeadLetters);
    }

    [Fact]
    public async Task A_second_stream_has_a_publisher_and_groups_of_its_own()
    {
        await using var host = await SampleHost.StartAsync(redis.Server, Registrations.SecondStream);
        var publication = new Publication(
            new DealershipClosed { DealershipId = 9, CompanyId = 1 },
            Subjects.Company(1),
            "Dealership 9 was closed."
        );

        await Publishing.ToSecondStreamAsync(host.Services, publication, Cancellation);

        await Eventually.Until(() => host.Letters.Sent.Count == 1, cancellationToken: Cancellation);
        Assert.Equal(0, (await host.Monitor.GetSnapshotAsync(Cancellation)).Length);
    }

    [Fact]
    public async Task A_cached_value_that_depends_on_the_message_is_dropped()
    {
        await using var host = await SampleHost.StartAsync(redis.Server, Registrations.Cache);
        var cache = host.Services.GetRequiredService<HybridCache>();
        Assert.Equal("open", await ReadAsync(cache, "open"));
        Assert.Equal("open", await ReadAsync(cache, "closed"));

        var position = await host.Publishing.OneAsync(7, 1, Cancellation);
        await host.Services.GetRequiredService<IStreamTail>().WaitUntilAppliedAsync(position, Cancellation);

        Assert.Equal("closed", await ReadAsync(cache, "closed"));
    }

    [Fact]
    public async Task A_pause_is_seen_by_everybody_and_ends_when_the_group_is_resumed()
    {
        await using var host = await SampleHost.StartAsync(redis.Server, Registrations.OneLine);
        var operations = new Operations(host.Services.GetRequiredService<IStreamAdministration>());
        await Eventually.Until(
            async () => (await host.Monitor.GetSnapshotAsync(Cancellation)).Groups is [{ Exists: true }],
            cancellationToken: Cancellation
        );

        await operations.PauseAsync(Cancellation);
        Assert.NotNull((await host.Monitor.GetSnapshotAsync(Cancellation)).Groups.Single().Paused);

        Assert.True(await operations.ResumeAsync(Cancellation));
        await host.Publishing.OneAsync(7, 1, Cancellation);
        await Eventually.Until(() => host.Letters.Sent.Count == 1, cancellationToken: Cancellation);
    }

    [Fact]
    public async Task A_replay_delivers_again_what_was_handled()
    {
        await using var host = await SampleHost.StartAsync(redis.Server, Registrations.OneLine, Registrations.All);
        var operations = new Operations(host.Services.GetRequiredService<IStreamAdministration>());
        await host.Publishing.OneAsync(7, 1, Cancellation);
        await Eventually.Until(
            async () => (await host.Monitor.GetSnapshotAsync(Cancellation)).Groups is [{ Lag: 0, Pending: 0 }],
            cancellationToken: Cancellation
        );
        var before = host.Lines.Count;

        Assert.Equal(1, (await operations.ReplayAsync(Cancellation)).Entries);

        await Eventually.Until(() => host.Lines.Count > before, cancellationToken: Cancellation);
        Assert.Single(host.Lines.Distinct());
    }

    [Fact]
    public async Task Redriven_dead_letters_are_handled_again()
    {
        await using var host = await SampleHost.StartAsync(redis.Server, Registrations.OneLine);
        var operations = new Operations(host.Services.GetRequiredService<IStreamAdministration>());
        host.Letters.Before = () => throw new InvalidOperationException("No such address.");
        await host.Publishing.OneAsync(7, 1, Cancellation);
        await Eventually.Until(
            async () => (await host.Monitor.GetSnapshotAsync(Cancellation)).DeadLetters == 1,
            cancellationToken: Cancellation
        );

        host.Letters.Before = () => { };
        Assert.Single((await operations.RedriveAsync(Cancellation)).Redriven);

        await Eventually.Until(() => host.Letters.Sent.Count == 1, cancellationToken: Cancellation);
        Assert.Equal(0, (await host.Monitor.GetSnapshotAsync(Cancellation)).DeadLetters);
    }

    private static async Task<string> ReadAsync(HybridCache cache, string current) =>
        await cache.GetOrCreateAsync(
            "dealerships:1",
            _ => ValueTask.FromResult(current),
            cancellationToken: Cancellation
        );
}
