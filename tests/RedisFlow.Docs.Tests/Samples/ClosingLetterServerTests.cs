using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisFlow.Domain;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;
using RedisFlow.Testing;
using StackExchange.Redis;

namespace RedisFlow.Docs.Tests.Samples;

public sealed class ClosingLetterServerTests
{
    #region docs: server-test
    [Fact]
    public async Task A_dealership_that_closes_leads_to_a_letter()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var redis = await RedisServer.StartAsync(cancellation);
        var letters = new RecordedLetters();
        var builder = Host.CreateEmptyApplicationBuilder(new() { ApplicationName = "billing" });
        builder.Configuration["ConnectionStrings:redis"] = redis.ConnectionString;
        builder.Services.AddSingleton<IConnectionMultiplexer>(_ => redis.Connect());
        builder.Services.AddSingleton<ILetters>(letters);
        builder
            .AddRedisStreams("redis", "letters")
            .AddStreamConsumer(GroupNames.Billing)
            .Handle<DealershipClosed, ClosingLetter>();
        using var host = builder.Build();
        await host.StartAsync(cancellation);

        await host
            .Services.GetRequiredService<IStreamPublisher>()
            .PublishAsync(
                new Publication(
                    new DealershipClosed { DealershipId = 7, CompanyId = 1 },
                    Subjects.Company(1),
                    "Dealership 7 was closed."
                ),
                cancellation
            );

        await Eventually.Until(() => letters.Sent.Count == 1, cancellationToken: cancellation);
        Assert.Equal(7, letters.Sent[0].DealershipId);
        await host.StopAsync(cancellation);
    }
    #endregion
}
