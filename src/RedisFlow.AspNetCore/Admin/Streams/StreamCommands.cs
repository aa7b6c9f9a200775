using System.ComponentModel;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using RedisFlow.AspNetCore.Admin.Streams.Contracts;
using RedisFlow.AspNetCore.Admin.Streams.Validation;
using RedisFlow.AspNetCore.Problems;
using RedisFlow.Streams;

namespace RedisFlow.AspNetCore.Admin.Streams;

/// <summary>What operators do to the stream. Each answer says what was done; the engine logs it too.</summary>
internal sealed class StreamCommands(GroupChoice groups)
{
    /// <summary>One day, the longest that Streams:LeaseDuration can be: after that a message is anyone's in any
    /// case.</summary>
    public const int MaxIdleMs = 86_400_000;

    public async Task<Results<Ok<ClaimResult>, ValidationProblem>> ClaimStaleAsync(
        [Description("For how long a message must not have been renewed, in milliseconds.")]
        [WholeNumber(0, MaxIdleMs)]
            long minIdleMs,
        [Description(ParameterTexts.Group)] string? group,
        IStreamMonitor monitor,
        IStreamAdministration administration,
        CancellationToken cancellationToken
    )
    {
        var errors = new RequestErrors();
        var chosen = await groups.ChooseAsync(group, monitor, errors, cancellationToken);
        if (chosen is null)
        {
            return errors.ToProblem();
        }

        var minIdle = TimeSpan.FromMilliseconds(minIdleMs);
        return TypedResults.Ok(await administration.ClaimStaleAsync(chosen, minIdle, cancellationToken));
    }

    public async Task<Results<Ok<RedriveResult>, ValidationProblem>> RedriveAsync(
        RedriveRequest request,
        [Description(ParameterTexts.GroupOrAll)] string? group,
        IStreamMonitor monitor,
        IStreamAdministration administration,
        CancellationToken cancellationToken
    )
    {
        var errors = new RequestErrors();
        if (request.Positions is { } positions)
        {
            if (group is not null)
            {
                errors.Add("positions", RedriveRequest.NoFilter);
                return errors.ToProblem();
            }

            var letters = positions.Select(PositionText.Read).ToArray();
            return TypedResults.Ok(await administration.RedriveAsync(letters, cancellationToken));
        }

        if (request.All != true)
        {
            throw new InvalidOperationException("The request was not validated: it names no letters.");
        }

        var chosen = await groups.ChooseOrAllAsync(group, monitor, errors, cancellationToken);
        return errors.Any
            ? errors.ToProblem()
            : TypedResults.Ok(
                await administration.RedriveAllAsync(
                    new DeadLetterFilter { Group = chosen, Reason = request.Reason },
                    request.Limit ?? Pages.MaxLimit,
                    cancellationToken
                )
            );
    }

    public async Task<Results<Ok<PauseResponse>, ValidationProblem>> PauseAsync(
        PauseRequest request,
        [Description(ParameterTexts.Group)] string? group,
        IStreamMonitor monitor,
        IStreamAdministration administration,
        CancellationToken cancellationToken
    )
    {
        var errors = new RequestErrors();
        var chosen = await groups.ChooseAsync(group, monitor, errors, cancellationToken);
        if (chosen is null)
        {
            return errors.ToProblem();
        }

        var pause = await administration.PauseAsync(chosen, request.Reason!.Trim(), cancellationToken);
        return TypedResults.Ok(new PauseResponse(chosen, pause.Reason, pause.Since));
    }

    public async Task<Results<Ok<ResumeResponse>, ValidationProblem>> ResumeAsync(
        [Description(ParameterTexts.Group)] string? group,
        IStreamMonitor monitor,
        IStreamAdministration administration,
        CancellationToken cancellationToken
    )
    {
        var errors = new RequestErrors();
        return await groups.ChooseAsync(group, monitor, errors, cancellationToken) is { } chosen
            ? TypedResults.Ok(new ResumeResponse(chosen, await administration.ResumeAsync(chosen, cancellationToken)))
            : errors.ToProblem();
    }

    public async Task<Results<Ok<ReplayResult>, ValidationProblem>> ReplayAsync(
        ReplayRequest request,
        [Description(ParameterTexts.Group)] string? group,
        IStreamMonitor monitor,
        IStreamAdministration administration,
        CancellationToken cancellationToken
    )
    {
        var errors = new RequestErrors();
        var chosen = await groups.ChooseAsync(group, monitor, errors, cancellationToken);
        if (chosen is null)
        {
            return errors.ToProblem();
        }

        try
        {
            return TypedResults.Ok(await administration.ReplayAsync(chosen, request.ToPosition(), cancellationToken));
        }
        catch (ArgumentOutOfRangeException exception) when (exception.ParamName == "from")
        {
            var last = (await monitor.GetSnapshotAsync(cancellationToken)).LastPosition;
            errors.Add(
                request.Field,
                $"The stream ends at {last}, and there is nothing to replay from a later position or time; begin "
                    + "there or before."
            );
            return errors.ToProblem();
        }
    }

    public static async Task<Ok<TrimResult>> TrimAsync(
        IStreamAdministration administration,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(await administration.TrimAsync(cancellationToken));
}
