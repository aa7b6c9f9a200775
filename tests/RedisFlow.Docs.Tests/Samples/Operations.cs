using RedisFlow.Domain;
using RedisFlow.Streams;

namespace RedisFlow.Docs.Tests.Samples;

/// <summary>What an operator does.</summary>
internal sealed class Operations(IStreamAdministration administration)
{
    public async Task PauseAsync(CancellationToken cancellationToken)
    {
        #region docs: pause
        await administration.PauseAsync(GroupNames.Billing, "The letter office moves.", cancellationToken);
        #endregion
    }

    public async Task<bool> ResumeAsync(CancellationToken cancellationToken)
    {
        #region docs: resume
        var wasPaused = await administration.ResumeAsync(GroupNames.Billing, cancellationToken);
        #endregion
        return wasPaused;
    }

    public async Task<ReplayResult> ReplayAsync(CancellationToken cancellationToken)
    {
        #region docs: replay
        var replayed = await administration.ReplayAsync(
            GroupNames.Billing,
            DateTimeOffset.UtcNow.AddHours(-1),
            cancellationToken
        );
        #endregion
        return replayed;
    }

    public async Task<RedriveResult> RedriveAsync(CancellationToken cancellationToken)
    {
        #region docs: redrive
        var redriven = await administration.RedriveAllAsync(
            new DeadLetterFilter { Group = GroupNames.Billing, Reason = DeadLetterReason.HandlerFailed },
            limit: 1000,
            cancellationToken
        );
        #endregion
        return redriven;
    }
}
