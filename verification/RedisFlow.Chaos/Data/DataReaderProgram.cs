using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisFlow.Chaos.Processes;
using RedisFlow.Domain;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using RedisFlow.Streams.EntityFrameworkCore;
using RedisFlow.Verification;

namespace RedisFlow.Chaos.Data;

/// <summary>A process that keeps copies of the rows by their events.</summary>
internal static class DataReaderProgram
{
    /// <summary>Runs until SIGTERM.</summary>
    public static async Task<int> RunAsync(DataArguments arguments)
    {
        var builder = ChildHost.CreateBuilder(
            arguments.Redis,
            arguments.Instance,
            DataArguments.Lease,
            [DataArguments.Group]
        );
        ChildHost.LogToConsole(builder);
        builder.Configuration["Streams:Inbox:CleanupInterval"] = "00:00:01";
        builder.Services.AddDbContext<CopyDb>(options =>
            options.UseNpgsql(arguments.Database, npgsql => npgsql.EnableRetryOnFailure(2))
        );
        var consumer = builder
            .AddRedisStreams("redis")
            .AddMessages(DomainMessages.Files)
            .AddStreamConsumer(DataArguments.Group)
            .Handle<CompanyUpdated, KeepCopy>();
        if (arguments.Break != DataBreak.NoInbox)
        {
            consumer.InTransaction<CopyDb>();
        }

        using var host = builder.Build();
        await host.StartAsync();
        HarnessProgram.SayReady();
        await host.WaitForShutdownAsync();
        return 0;
    }

    private sealed class KeepCopy(CopyDb db) : IStreamHandler<CompanyUpdated>
    {
        public async Task HandleAsync(StreamDelivery<CompanyUpdated> delivery, CancellationToken cancellationToken)
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO copies (id, value, version)
                VALUES ({delivery.Event.CompanyId}, {delivery.Event.Name}, {delivery.Message.EntityVersion})
                ON CONFLICT (id) DO UPDATE SET value = excluded.value, version = excluded.version
                WHERE copies.version < excluded.version
                """,
                cancellationToken
            );
            db.Add(new Effect { MessageId = delivery.Message.MessageId });
            await db.SaveChangesAsync(cancellationToken);
        }
    }
}
