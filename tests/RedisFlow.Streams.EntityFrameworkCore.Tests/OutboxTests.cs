using Microsoft.EntityFrameworkCore;
using RedisFlow.Testing;

namespace RedisFlow.Streams.EntityFrameworkCore.Tests;

public sealed class OutboxTests(Servers servers)
{
    private readonly string _stream = App.NewName();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_change_and_its_event_commit_together_and_the_event_is_published_at_once()
    {
        await using var app = await StartAsync();

        var receipt = await app.RenameAsync(1, "Acme");

        var (position, message) = Assert.Single(await app.EntriesAsync(_stream));
        Assert.Equal(position, receipt.Position);
        Assert.False(receipt.IsPending);
        Assert.Equal(receipt.MessageIds, [message.MessageId]);
        Assert.Equal(("company/1", 1L), (message.Subject, message.EntityVersion));
        var row = Assert.Single(await app.ReadAsync(db => db.Set<TrackedEvent>().ToListAsync(Stop)));
        Assert.Equal((TrackedEventStatus.Published, position), (row.Status, row.Position));
        Assert.Equal(
            ("redisflow.v1.CompanyUpdated", "company/1", "Renamed.", "tests", 1L),
            (row.Type, row.Subject, row.Content, row.Source, row.EntityVersion)
        );
        Assert.NotNull(row.PublishedAt);
    }

    [Fact]
    public async Task A_save_that_fails_leaves_neither_change_nor_event()
    {
        await using var app = await StartAsync();
        await app.RenameAsync(1, "Acme");

        await app.InScopeAsync(
            async (db, outbox) =>
            {
                await App.RenameAsync(db, outbox, 1, "Late");
                await app.RenameAsync(1, "First");
                await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => outbox.SaveChangesAsync(Stop));
                return 0;
            }
        );

        Assert.Equal(
            "First",
            await app.ReadAsync(db => db.Companies.Select(company => company.Name).SingleAsync(Stop))
        );
        Assert.Equal(2, await app.ReadAsync(db => db.Set<TrackedEvent>().CountAsync(Stop)));
        Assert.Equal(2, (await app.EntriesAsync(_stream)).Count);
    }

    [Fact]
    public async Task A_save_that_failed_and_is_repeated_publishes_the_events_of_the_second_try_alone()
    {
        await using var app = await StartAsync();
        await app.RenameAsync(1, "Acme");

        var receipt = await app.InScopeAsync(
            async (db, outbox) =>
            {
                await App.RenameAsync(db, outbox, 1, "Late");
                await app.RenameAsync(1, "First");
                await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => outbox.SaveChangesAsync(Stop));
                await db.Entry(await db.Companies.SingleAsync(Stop)).ReloadAsync(Stop);
                await App.RenameAsync(db, outbox, 1, "Second");
                return await outbox.SaveChangesAsync(Stop);
            }
        );

        Assert.Single(receipt.MessageIds);
        Assert.Equal([1L, 2, 3], (await app.EntriesAsync(_stream)).Select(entry => entry.Message.EntityVersion));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Events_of_one_save_are_published_in_the_order_in_which_they_were_added(bool isImmediate)
    {
        await using var app = await StartAsync();
        string[] ids = [.. Enumerable.Range(0, 20).Select(i => $"{99 - i}")];

        var receipt = await app.InScopeAsync<OutboxReceipt?>(
            async (db, outbox) =>
            {
                foreach (var id in ids)
                {
                    outbox.Publish(App.Renamed(1, id, 0, id));
                }

                if (isImmediate)
                {
                    return await outbox.SaveChangesAsync(Stop);
                }

                await db.SaveChangesAsync(Stop);
                return null;
            }
        );

        var entries = await Eventually.Until(
            () => app.EntriesAsync(_stream),
            entries => entries.Count == ids.Length,
            cancellationToken: Stop
        );
        Assert.Equal(ids, entries.Select(entry => entry.Message.MessageId));
        if (receipt is not null)
        {
            Assert.Equal(ids, receipt.MessageIds);
            Assert.Equal(entries[^1].Position, receipt.Position);
        }
    }

    [Fact]
    public async Task A_save_without_events_is_a_plain_save()
    {
        await using var app = await StartAsync();

        var receipt = await app.InScopeAsync(
            (db, outbox) =>
            {
                db.Add(new Company { Id = 1, Name = "Silent" });
                return outbox.SaveChangesAsync(Stop);
            }
        );

        Assert.Equal((0, null, false), (receipt.MessageIds.Count, receipt.Position, receipt.IsPending));
        Assert.Equal(1, await app.ReadAsync(db => db.Companies.CountAsync(Stop)));
    }

    [Fact]
    public async Task What_was_saved_without_the_outbox_is_published_by_the_relay()
    {
        await using var app = await StartAsync();

        await app.InScopeAsync(
            async (db, outbox) =>
            {
                await App.RenameAsync(db, outbox, 1, "Acme");
                return await db.SaveChangesAsync(Stop);
            }
        );

        await Eventually.Until(
            () => app.ReadAsync(db => db.Set<TrackedEvent>().SingleAsync(Stop)),
            row => row.Status == TrackedEventStatus.Published && row.Position is not null,
            cancellationToken: Stop
        );
        Assert.Single(await app.EntriesAsync(_stream));
    }

    [Fact]
    public async Task A_save_publishes_what_its_subject_has_left_over_before_its_own()
    {
        // Not started: there is no relay.
        await using var app = App.Build(
            servers.Redis.ConnectionString,
            await App.CreateDatabaseAsync(servers.Postgres),
            _stream,
            stream => stream.AddOutbox<TestDb>()
        );
        await app.InScopeAsync(
            async (db, outbox) =>
            {
                await App.RenameAsync(db, outbox, 1, "left over");
                await App.RenameAsync(db, outbox, 2, "another subject");
                return await db.SaveChangesAsync(Stop);
            }
        );

        var receipt = await app.RenameAsync(1, "own");

        var entries = await app.EntriesAsync(_stream);
        Assert.Equal([1, 2], entries.Select(entry => entry.Message.EntityVersion));
        Assert.Equal(entries[1].Position, receipt.Position);
        Assert.Equal(
            1,
            await app.ReadAsync(db =>
                db.Set<TrackedEvent>().CountAsync(row => row.Status == TrackedEventStatus.Pending, Stop)
            )
        );
    }

    [Fact]
    public async Task A_write_works_while_Redis_is_away_and_its_event_follows_when_it_is_back()
    {
        await using var redis = await RedisServer.StartAsync(Stop);
        await using var app = await StartAsync(redis: redis);
        await app.RenameAsync(1, "before");
        await redis.StopAsync();

        var first = await app.RenameAsync(1, "meanwhile");
        var second = await app.RenameAsync(1, "still away");

        Assert.True(first.IsPending);
        Assert.True(second.IsPending);
        await redis.RestartAsync(Stop);
        await Eventually.Until(
            () => app.EntriesAsync(_stream),
            entries => entries.Select(entry => entry.Message.EntityVersion).SequenceEqual([1L, 2, 3]),
            cancellationToken: Stop
        );
        await Eventually.Until(
            () => app.RenameAsync(1, "back"),
            receipt => !receipt.IsPending,
            cancellationToken: Stop
        );
    }

    [Fact]
    public async Task An_event_whose_position_was_not_stored_is_published_once()
    {
        await using var app = await StartAsync();
        var receipt = await app.RenameAsync(1, "Acme");

        // As a process leaves it that was killed between the two.
        await app.ReadAsync(db =>
            db.Set<TrackedEvent>()
                .ExecuteUpdateAsync(
                    row =>
                        row.SetProperty(tracked => tracked.Status, TrackedEventStatus.Pending)
                            .SetProperty(tracked => tracked.Position, (MessagePosition?)null),
                    Stop
                )
        );

        var row = await Eventually.Until(
            () => app.ReadAsync(db => db.Set<TrackedEvent>().SingleAsync(Stop)),
            row => row.Status == TrackedEventStatus.Published,
            cancellationToken: Stop
        );
        Assert.Equal(receipt.Position, row.Position);
        Assert.Single(await app.EntriesAsync(_stream));
    }

    [Fact]
    public async Task Concurrent_saves_of_one_subject_are_published_in_the_order_of_their_commits()
    {
        var database = await App.CreateDatabaseAsync(servers.Postgres);
        await using var one = await StartAsync(database: database);
        await using var two = await StartAsync(database: database);
        await one.RenameAsync(1, "0");

        await Task.WhenAll(
            Enumerable
                .Range(0, 40)
                .Select(i =>
                    Eventually.Until(
                        async () =>
                        {
                            await (i % 2 == 0 ? one : two).RenameAsync(1, $"{i}");
                            return true;
                        },
                        cancellationToken: Stop
                    )
                )
        );

        var entries = await Eventually.Until(
            () => one.EntriesAsync(_stream),
            entries => entries.Count >= 41,
            cancellationToken: Stop
        );
        Assert.Equal(
            Enumerable.Range(1, 41).Select(i => (long)i),
            entries.Select(entry => entry.Message.EntityVersion)
        );
    }

    [Fact]
    public async Task Events_without_a_version_keep_the_order_of_their_commits_too()
    {
        await using var app = await StartAsync();

        await Task.WhenAll(
            Enumerable
                .Range(0, 40)
                .Select(i =>
                    app.InScopeAsync(
                        (db, outbox) =>
                        {
                            db.Add(new Effect { MessageId = $"{i}" });
                            outbox.Publish(App.Renamed(7, $"{i}", 0));
                            return outbox.SaveChangesAsync(Stop);
                        }
                    )
                )
        );

        // The rows' numbers are drawn inside the subject's lock, so that they are in the order of the commits.
        var committed = await app.ReadAsync(db =>
            db.Set<TrackedEvent>().OrderBy(row => row.Id).Select(row => row.MessageId).ToListAsync(Stop)
        );
        var entries = await app.EntriesAsync(_stream);
        Assert.Equal(committed, entries.Select(entry => entry.Message.MessageId));
    }

    [Fact]
    public async Task Saves_with_several_subjects_in_any_order_do_not_wait_for_each_other_for_ever()
    {
        await using var app = await StartAsync();

        await Task.WhenAll(
            Enumerable
                .Range(0, 30)
                .Select(i =>
                    app.InScopeAsync(
                        (_, outbox) =>
                        {
                            for (var n = 1; n <= 3; n++)
                            {
                                var id = i % 2 == 0 ? n : 4 - n;
                                outbox.Publish(App.Renamed(id, $"{i}", 0));
                            }

                            return outbox.SaveChangesAsync(Stop);
                        }
                    )
                )
        );

        await Eventually.Until(
            () => app.EntriesAsync(_stream),
            entries => entries.Count == 90,
            cancellationToken: Stop
        );
    }

    [Fact]
    public async Task A_save_inside_a_transaction_is_refused()
    {
        await using var app = await StartAsync();

        await app.InScopeAsync(
            async (db, outbox) =>
            {
                await db
                    .Database.CreateExecutionStrategy()
                    .ExecuteAsync(async () =>
                    {
                        await using var transaction = await db.Database.BeginTransactionAsync(Stop);
                        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() =>
                            outbox.SaveChangesAsync(Stop)
                        );
                        Assert.Contains("relay", refused.Message, StringComparison.Ordinal);
                    });
                return 0;
            }
        );
    }

    [Fact]
    public async Task A_message_id_that_was_used_is_refused_by_the_database()
    {
        await using var app = await StartAsync();
        await app.RenameAsync(1, "Acme", "order-42/paid");

        await Assert.ThrowsAsync<DbUpdateException>(() => app.RenameAsync(2, "Other", "order-42/paid"));

        Assert.Single(await app.EntriesAsync(_stream));
    }

    [Fact]
    public async Task Old_events_are_removed_and_pending_ones_stay()
    {
        await using var redis = await RedisServer.StartAsync(Stop);
        await using var app = await StartAsync(new() { ["Streams:Outbox:Retention"] = "1.00:00:00" }, redis);
        await app.RenameAsync(1, "old");
        await app.RenameAsync(2, "new");
        await redis.StopAsync();
        await app.RenameAsync(3, "pending");
        await app.ReadAsync(db =>
            db.Set<TrackedEvent>()
                .Where(row => row.Subject != "company/2")
                .ExecuteUpdateAsync(
                    row => row.SetProperty(tracked => tracked.PublishedAt, DateTimeOffset.UtcNow.AddDays(-2)),
                    Stop
                )
        );
        await redis.RestartAsync(Stop);

        await Eventually.Until(
            () => app.ReadAsync(db => db.Set<TrackedEvent>().Select(row => row.Subject).Order().ToListAsync(Stop)),
            subjects => subjects.SequenceEqual(["company/2", "company/3"]),
            cancellationToken: Stop
        );
    }

    private async Task<App> StartAsync(
        Dictionary<string, string?>? settings = null,
        RedisServer? redis = null,
        string? database = null
    ) =>
        await App.StartAsync(
            (redis ?? servers.Redis).ConnectionString,
            database ?? await App.CreateDatabaseAsync(servers.Postgres),
            _stream,
            stream => stream.AddOutbox<TestDb>(),
            settings
        );
}
