using RedisFlow.Domain;
using RedisFlow.Organization.Storage;
using StackExchange.Redis;

namespace RedisFlow.Organization.Seeding;

/// <summary>
/// Stores a few users to try the system with, unless they are there. It works in the background and waits for Redis, so
/// that neither order of starting matters.
/// </summary>
internal sealed partial class SampleUserSeeder(UserStore users, TimeProvider time, ILogger<SampleUserSeeder> logger)
    : BackgroundService
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private static readonly (long Id, string Name, string[] Roles)[] Samples =
    [
        (1, "Ada Admin", [Roles.Admin]),
        (2, "Ben Billing", [Roles.Viewer, Roles.BillingRead]),
        (3, "Vera Viewer", [Roles.Viewer]),
        (4, "Nora Nolan", []),
    ];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var (id, name, roles) in Samples)
        {
            while (!await TryAddAsync(id, name, roles, stoppingToken))
            {
                await Task.Delay(RetryDelay, time, stoppingToken);
            }
        }
    }

    private async Task<bool> TryAddAsync(long id, string name, string[] roles, CancellationToken cancellationToken)
    {
        try
        {
            if (await users.AddIfAbsentAsync(id, name, roles, cancellationToken))
            {
                LogAdded(id, name);
            }

            return true;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            LogWaiting(exception.Message);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Added the sample user {Id}, {Name}.")]
    private partial void LogAdded(long id, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The sample users wait for Redis: {Reason}")]
    private partial void LogWaiting(string reason);
}
