using System.Runtime.InteropServices;
using RedisFlow.Streams;
using RedisFlow.Verification;
using StackExchange.Redis;

namespace RedisFlow.Chaos.Processes.Sabotage;

/// <summary>
/// A consumer as it is often written by hand: a loop around XREADGROUP and XACK. Each kind has one fault that a test
/// without faults of the system would not show, or not as a loss. It is here so that the checker can be seen to fail.
/// </summary>
internal sealed class RawWorker(WorkerArguments arguments, Work work)
{
    /// <summary>Few enough that both workers of a group always have some in hand while there is a backlog.</summary>
    private const int FewAtOnce = 48;

    /// <summary>Many, so that a read brings several messages of a subject.</summary>
    private const int ManyAtOnce = 512;

    /// <summary>
    /// How long it lets Redis be: when there is nothing to read, and after an error. Not a wait for anything.
    /// </summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Those that mistreat order read less often: more messages for each read.</summary>
    private static readonly TimeSpan LongPause = TimeSpan.FromMilliseconds(250);

    private readonly RedisKey _stream = new StreamKeys(Roles.Stream).Stream;

    /// <summary>Runs until SIGTERM.</summary>
    public async Task RunAsync()
    {
        using var stop = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(
            PosixSignal.SIGTERM,
            signal =>
            {
                signal.Cancel = true;
                stop.Cancel();
            }
        );
        using var connection = await ConnectAsync();
        var database = connection.GetDatabase();
        var isReady = false;
        var isReplaying = arguments.Kind != WorkerKind.ForgetsPending;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (!isReady)
                {
                    await CreateGroupAsync(database);
                    HarnessProgram.SayReady();
                    isReady = true;
                }

                var entries = await ReadAsync(database, isReplaying ? "0" : ">");
                if (entries.Count > 0)
                {
                    await ConsumeAsync(database, entries);
                }

                isReplaying = isReplaying && entries.Count > 0;
                if (MistreatsOrder || entries.Count == 0)
                {
                    await Task.Delay(MistreatsOrder ? LongPause : Pause, stop.Token);
                }
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                Console.WriteLine(exception.Message);
                await Task.Delay(Pause);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // SIGTERM.
            }
        }
    }

    private bool MistreatsOrder =>
        arguments.Kind is WorkerKind.Overlaps or WorkerKind.Reverses or WorkerKind.PassesFailed;

    private async Task<ConnectionMultiplexer> ConnectAsync() =>
        await ConnectionMultiplexer.ConnectAsync(
            ConfigurationOptions.Parse($"{arguments.Connection},protocol=resp2", ignoreUnknown: true)
        );

    private async Task CreateGroupAsync(IDatabase database)
    {
        try
        {
            await database.ExecuteAsync("XGROUP", "CREATE", _stream, arguments.Group, "0-0", "MKSTREAM");
        }
        catch (RedisServerException exception)
            when (exception.Message.StartsWith("BUSYGROUP", StringComparison.Ordinal))
        {
            // Another worker of the group was first.
        }
    }

    private async Task<List<RawMessage>> ReadAsync(IDatabase database, string from) =>
        RawMessage.ParseAll(
            await database.ExecuteAsync(
                "XREADGROUP",
                "GROUP",
                arguments.Group,
                arguments.Instance,
                "COUNT",
                MistreatsOrder ? ManyAtOnce : FewAtOnce,
                "STREAMS",
                _stream,
                from
            ),
            isNew: from == ">"
        );

    private async Task ConsumeAsync(IDatabase database, List<RawMessage> messages)
    {
        if (arguments.Kind == WorkerKind.AcksFirst)
        {
            await AcknowledgeAsync(database, messages);
        }

        if (!MistreatsOrder)
        {
            // One by one, so that a kill finds half of a read not yet handled.
            foreach (var message in messages)
            {
                await HandleAsync(message);
            }
        }
        else
        {
            await Task.WhenAll(
                arguments.Kind == WorkerKind.Overlaps
                    ? messages.Select(HandleAsync)
                    : messages
                        .GroupBy(message => message.Id.Subject)
                        .Select(subject => HandleSubjectAsync([.. subject]))
            );
        }

        if (arguments.Kind != WorkerKind.AcksFirst)
        {
            await AcknowledgeAsync(database, messages);
        }
    }

    private async Task AcknowledgeAsync(IDatabase database, List<RawMessage> messages) =>
        await database.ExecuteAsync(
            "XACK",
            [_stream, arguments.Group, .. messages.Select(message => (object)message.Position.ToString())]
        );

    private async Task HandleSubjectAsync(List<RawMessage> messages)
    {
        if (arguments.Kind == WorkerKind.Reverses)
        {
            messages.Reverse();
        }

        var failed = new List<RawMessage>();
        foreach (var message in messages)
        {
            if (arguments.Kind != WorkerKind.PassesFailed)
            {
                await HandleAsync(message);
            }
            else if (!await TryHandleAsync(message))
            {
                failed.Add(message with { Deliveries = message.Deliveries + 1 });
            }
        }

        foreach (var message in failed)
        {
            await HandleAsync(message);
        }
    }

    private async Task HandleAsync(RawMessage message)
    {
        while (!await TryHandleAsync(message))
        {
            message = message with { Deliveries = message.Deliveries + 1 };
        }
    }

    private async Task<bool> TryHandleAsync(RawMessage message)
    {
        try
        {
            await work.DoAsync(
                message.Id,
                message.Position,
                message.Deliveries,
                isDropped: false,
                CancellationToken.None
            );
            return true;
        }
        catch (WorkFailedException)
        {
            return false;
        }
    }
}
