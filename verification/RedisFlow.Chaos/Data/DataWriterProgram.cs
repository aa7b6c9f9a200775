using System.Text;
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

/// <summary>A process that changes rows and publishes each change; and relays what others left.</summary>
internal static class DataWriterProgram
{
    private const int Lanes = 8;

    /// <summary>A failed change is followed by the next one after this.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

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
        builder.Configuration["Streams:Outbox:LeaseDuration"] = DataArguments.Lease.ToString();
        builder.Configuration["Streams:Outbox:PollInterval"] = "00:00:00.200";
        builder.Services.AddDbContext<SourceDb>(options =>
            options.UseNpgsql(arguments.Database, npgsql => npgsql.EnableRetryOnFailure(2))
        );
        builder.AddRedisStreams("redis").AddMessages(DomainMessages.Files).AddOutbox<SourceDb>();
        using var host = builder.Build();
        await host.StartAsync();
        HarnessProgram.SayReady();
        if (arguments.Receipts is { } path)
        {
            using var receipts = new LineFile(path);
            var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
            await Task.WhenAll(
                Enumerable.Range(0, Lanes).Select(_ => WriteAsync(host.Services, arguments, receipts, stopping))
            );
        }

        await host.WaitForShutdownAsync();
        return 0;
    }

    private static async Task WriteAsync(
        IServiceProvider services,
        DataArguments arguments,
        LineFile receipts,
        CancellationToken stop
    )
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await using var scope = services.CreateAsyncScope();
                await ChangeAsync(scope.ServiceProvider, arguments, receipts, stop);
            }
#pragma warning disable CA1031 // A change that fails is no matter of the experiment: what is committed is.
            catch (Exception)
#pragma warning restore CA1031
            {
                await Task.Delay(Pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static async Task ChangeAsync(
        IServiceProvider services,
        DataArguments arguments,
        LineFile receipts,
        CancellationToken stop
    )
    {
        var db = services.GetRequiredService<SourceDb>();
        var id = Random.Shared.Next(arguments.Items);
        var item = await db.Items.SingleAsync(row => row.Id == id, stop);
        item.Value = Guid.NewGuid().ToString();
        item.Version++;
        var publication = new Publication(
            new CompanyUpdated { CompanyId = id, Name = item.Value },
            $"item/{id}",
            "Changed."
        )
        {
            EntityVersion = item.Version,
        };
        if (arguments.Break == DataBreak.NoOutbox)
        {
            await db.SaveChangesAsync(stop);
            await services.GetRequiredService<IStreamPublisher>().PublishAsync(publication, stop);
            return;
        }

        var outbox = services.GetRequiredService<Outbox<SourceDb>>();
        outbox.Publish(publication);
        var receipt = await outbox.SaveChangesAsync(stop);
        if (receipt.Position is { } position)
        {
            receipts.Append(Encoding.UTF8.GetBytes($"{receipt.MessageIds[0]} {position}\n"));
        }
    }
}
