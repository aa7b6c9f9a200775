using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisFlow.Chaos.Processes;
using RedisFlow.Verification;

namespace RedisFlow.Chaos.Staleness.Nodes;

/// <summary>A process that caches: one instance of a service.</summary>
internal static class NodeProgram
{
    /// <summary>Runs until SIGTERM.</summary>
    public static async Task<int> RunAsync(NodeArguments arguments)
    {
        var builder = ChildHost.CreateBuilder(
            arguments.Connection,
            arguments.Instance,
            NodeSettings.Lease,
            StalenessOptions.Services
        );
        ChildHost.LogToConsole(builder);
        builder.Services.AddSingleton(arguments);
        builder.Services.AddSingleton(new KeySpace(arguments.Keys));
        builder.Services.AddSingleton(_ => ChildHost.Connect(arguments.Connection));
        builder.Services.AddSingleton(services =>
            ActivatorUtilities.CreateInstance<SourceLoads>(services, arguments.Seed)
        );
        if (arguments.Mode == CacheMode.Ttl)
        {
            builder.Services.AddSingleton(TimeProvider.System);
            builder.Services.AddMemoryCache();
            builder.Services.AddSingleton<INode, ExpiringNode>();
        }
        else
        {
            StreamNodeSetup.Add(builder, arguments);
        }

        using var host = builder.Build();
        await host.StartAsync();
        await using var listener = new NodeListener(host.Services.GetRequiredService<INode>());
        HarnessProgram.SayReady(listener.Port.ToString(CultureInfo.InvariantCulture));
        await host.WaitForShutdownAsync();
        return 0;
    }
}
