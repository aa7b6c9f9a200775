using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using RedisFlow.Domain;
using RedisFlow.Integration.Holds;
using RedisFlow.Streams;

[assembly: HostingStartup(typeof(HoldingStartup))]

namespace RedisFlow.Integration.Holds;

/// <summary>
/// Adds <see cref="HoldingHandler"/> to a service from outside: the service knows nothing of it. What it adds comes
/// before what the service adds, which extends the same consumer.
/// </summary>
public sealed class HoldingStartup : IHostingStartup
{
    private const string GroupVariable = "REDISFLOW_TEST_HOLDS_GROUP";

    /// <summary>The key that holds the messages of a group while it exists.</summary>
    public static string KeyOf(string group) => $"test:hold:{group}";

    /// <summary>What a service's process needs in its environment.</summary>
    /// <param name="group">The group that it consumes.</param>
    public static IReadOnlyDictionary<string, string> Environment(string group) =>
        new Dictionary<string, string>
        {
            // The hook does nothing but to have this assembly loaded, which the service does not find by its name.
            ["DOTNET_STARTUP_HOOKS"] = typeof(HoldingStartup).Assembly.Location,
            ["ASPNETCORE_HOSTINGSTARTUPASSEMBLIES"] = typeof(HoldingStartup).Assembly.GetName().Name!,
            [GroupVariable] = group,
        };

    /// <inheritdoc/>
    public void Configure(IWebHostBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.ConfigureServices(
            (context, services) =>
            {
                // The stream is added through an application's builder, which a startup has none of.
                var own = Host.CreateEmptyApplicationBuilder(new());
                own.Configuration.AddConfiguration(context.Configuration);
                var before = own.Services.ToHashSet();
                own.AddRedisStreams(ResourceNames.Redis)
                    .AddStreamConsumer(context.Configuration[GroupVariable]!)
                    .HandleEveryMessage<HoldingHandler>();
                foreach (var service in own.Services.Where(service => !before.Contains(service)))
                {
                    services.Add(service);
                }
            }
        );
    }
}
