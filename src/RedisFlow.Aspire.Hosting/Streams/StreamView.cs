using Microsoft.Extensions.Logging;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Aspire.Hosting;

/// <summary>
/// Keeps what the dashboard shows of the stream up to date: the stream's properties and state, and at each consumer
/// whether its group is paused.
/// </summary>
internal sealed partial class StreamView(
    StreamResource stream,
    StreamAccess access,
    ResourceNotificationService notifications,
    TimeSpan interval,
    ILogger<StreamView> logger
) : IDisposable
{
    private static readonly ResourceStateSnapshot Running = new(
        KnownResourceStates.Running,
        KnownResourceStateStyles.Success
    );

    // Not one of the terminal states: it has no start button, it comes back with Redis.
    private static readonly ResourceStateSnapshot Unreachable = new("Unreachable", KnownResourceStateStyles.Error);

    private readonly SemaphoreSlim _refreshing = new(1, 1);

    // What the log knows of already. Until Redis runs for the first time it is no news that it does not answer.
    private Type? _fault = typeof(RedisConnectionException);

    /// <summary>Refreshes until the application stops.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(interval);
        try
        {
            do
            {
                await RefreshAsync(stop);
            } while (await timer.WaitForNextTickAsync(stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The application stops.
        }
    }

    /// <summary>Reads the stream once and shows what it found. What Redis refuses is shown, not thrown.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _refreshing.WaitAsync(cancellationToken);
        try
        {
            var monitor = await access.GetMonitorAsync(cancellationToken);
            await ShowAsync(await monitor.GetSnapshotAsync(cancellationToken));

            // The check learns by being asked; the dashboard's own round comes every 30 s only while all is well.
            await access.CheckLagAsync(cancellationToken);
            _fault = null;
        }
        // Redis is stopped, its password is not known yet, …: the next round may succeed, and the log has the reason.
#pragma warning disable CA1031
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            if (_fault != exception.GetType())
            {
                LogUnreachable(stream.Name, exception.Message);
                _fault = exception.GetType();
            }

            await notifications.PublishUpdateAsync(stream, state => state with { State = Unreachable });
        }
        finally
        {
            _refreshing.Release();
        }
    }

    public void Dispose() => _refreshing.Dispose();

    private async Task ShowAsync(StreamSnapshot snapshot)
    {
        await notifications.PublishUpdateAsync(
            stream,
            state =>
                state with
                {
                    State = Running,
                    Properties = StreamProperties.Replace(
                        stream,
                        state.Properties,
                        StreamProperties.Of(stream, snapshot)
                    ),
                }
        );
        foreach (var consumer in stream.Consumers)
        {
            var pause = snapshot.Groups.FirstOrDefault(group => group.Name == consumer.Group)?.Paused;
            await notifications.PublishUpdateAsync(
                consumer.Resource,
                state =>
                    state with
                    {
                        Properties = StreamProperties.Replace(
                            stream,
                            state.Properties,
                            StreamProperties.Of(stream, pause)
                        ),
                    }
            );
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The resource {Stream} cannot be read, and is shown as unreachable until it can: {Reason}"
    )]
    private partial void LogUnreachable(string stream, string reason);
}
