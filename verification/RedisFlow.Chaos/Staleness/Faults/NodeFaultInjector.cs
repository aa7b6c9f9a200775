using System.Diagnostics;
using System.Globalization;
using RedisFlow.Chaos.Faults;
using RedisFlow.Testing;

namespace RedisFlow.Chaos.Staleness.Faults;

/// <summary>Does the faults of a schedule at their times, and notes when and with what result.</summary>
internal sealed class NodeFaultInjector(RedisServer redis, IReadOnlyList<NodeSlot> nodes, TextWriter output)
{
    private static readonly TimeSpan CommandLimit = TimeSpan.FromSeconds(30);

    private readonly FaultJournal _journal = new(output);
    private readonly Lock _gate = new();
    private readonly List<NodeFaultKind> _done = [];

    /// <inheritdoc cref="FaultJournal.Log"/>
    public IReadOnlyList<string> Log => _journal.Log;

    /// <inheritdoc cref="FaultJournal.Incidents"/>
    public IReadOnlyList<string> Incidents => _journal.Incidents;

    /// <summary>The kinds of what was done.</summary>
    public IReadOnlyList<NodeFaultKind> Done => _done;

    /// <summary>Does all the faults; returns when the last one is over, and every node runs again.</summary>
    public Task RunAsync(IReadOnlyList<NodeFault> faults, CancellationToken cancellationToken)
    {
        _journal.Begin();
        return Task.WhenAll(
            faults.Select(async fault =>
            {
                if (
                    await _journal.DoAsync(
                        fault.At,
                        fault.Kind.ToString(),
                        fault.ToString(),
                        () => InjectAsync(fault, cancellationToken),
                        cancellationToken
                    )
                )
                {
                    lock (_gate)
                    {
                        _done.Add(fault.Kind);
                    }
                }
            })
        );
    }

    private async Task<string> InjectAsync(NodeFault fault, CancellationToken cancellationToken)
    {
        var node = nodes[(fault.Service * StalenessOptions.InstancesPerService) + fault.Instance];
        var hit = nodes.Where(other =>
            fault.Kind switch
            {
                NodeFaultKind.ClientKill => true,
                NodeFaultKind.ServiceDown => other.Service == node.Service,
                _ => other == node,
            }
        );
        var ends = hit.Select(other => other.Fault.Begin(fault.Kind)).ToList();
        try
        {
            return await InjectAsync(fault, node, cancellationToken);
        }
        finally
        {
            ends.ForEach(end => end());
        }
    }

    private async Task<string> InjectAsync(NodeFault fault, NodeSlot node, CancellationToken cancellationToken)
    {
        switch (fault.Kind)
        {
            case NodeFaultKind.Cut:
                node.Proxy.Cut();
                return "";
            case NodeFaultKind.ClientKill:
                var connections = await KillClientsAsync("normal", cancellationToken);
                var subscribers = await KillClientsAsync("pubsub", cancellationToken);
                return $": {connections} connections, {subscribers} of subscribers";
            case NodeFaultKind.Stall:
                node.Proxy.BeginStall();
                await WaitAsync(fault.Length, node.Proxy.EndStall, cancellationToken);
                return "";
            case NodeFaultKind.DropReplies:
                var before = node.Proxy.Lost;
                node.Proxy.LoseReplies();
                await WaitAsync(fault.Length, () => node.Proxy.Reset(), cancellationToken);
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $": {node.Proxy.Lost - before} bytes of replies dropped"
                );
            case NodeFaultKind.Freeze:
                await node.FreezeAsync(fault.Length, cancellationToken);
                return "";
            case NodeFaultKind.Kill:
                await node.KillAsync(fault.Length, fault.Alternative, cancellationToken);
                return "";
            case NodeFaultKind.ServiceDown:
                await TakeDownAsync([.. nodes.Where(other => other.Service == node.Service)], fault, cancellationToken);
                return "";
            default:
                throw new UnreachableException();
        }
    }

    private async Task<string> KillClientsAsync(string type, CancellationToken cancellationToken)
    {
        var reply = await Eventually.Until(
            () => redis.AskAsync(["CLIENT", "KILL", "TYPE", type, "SKIPME", "yes"], cancellationToken),
            _ => true,
            CommandLimit,
            cancellationToken
        );
        return reply[0];
    }

    /// <summary>The nodes are all down at the same time, and for at least the fault's length.</summary>
    private static async Task TakeDownAsync(NodeSlot[] service, NodeFault fault, CancellationToken cancellationToken)
    {
        using var running = new CountdownEvent(service.Length);
        var down = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var mayStart = MayStartAsync();
        await Task.WhenAll(
            service.Select(node =>
                node.TakeDownAsync(
                    fault.Alternative,
                    () =>
                    {
                        if (running.Signal())
                        {
                            down.SetResult();
                        }
                    },
                    mayStart,
                    cancellationToken
                )
            )
        );

        async Task MayStartAsync()
        {
            await down.Task.WaitAsync(cancellationToken);
            await Task.Delay(fault.Length, cancellationToken);
        }
    }

    private static async Task WaitAsync(TimeSpan length, Action end, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(length, cancellationToken);
        }
        finally
        {
            end();
        }
    }
}
