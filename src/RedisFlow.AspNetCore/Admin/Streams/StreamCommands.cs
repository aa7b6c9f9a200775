using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using RedisFlow.AspNetCore.Admin.Streams.Contracts;
using RedisFlow.AspNetCore.Problems;
using RedisFlow.Streams;

namespace RedisFlow.AspNetCore.Admin.Streams;

/// <summary>What operators do to the stream. Each answer says what was done; the engine logs it too.</summary>
internal sealed class StreamCommands(GroupChoice groups)
{
    /// <summary>One day, the longest that Streams:LeaseDuration can be: after that a message is anyone's in any
    /// case.</summary>
    public const int MaxIdleMs = 86_400_000;

    public async Task<Results<Ok<ClaimStaleResponse>, ValidationProblem>> ClaimStaleAsync(
        [Description("For how long a message must not have been renewed, in milliseconds.")]
        [Range(0, MaxIdleMs)]
            long minIdleMs,
        [Description(ParameterTexts.Group)] string? group,
        IStreamMonitor monitor,
        IStreamAdministration administration,
        CancellationToken cancellationToken
    )
    {
        var errors = new RequestErrors();
        errors.InRange("minIdleMs", minIdleMs, 0, MaxIdleMs, otherwise: 0);
        var chosen = await groups.ChooseAsync(group, monitor, errors, cancellationToken);
        if (chosen is null || errors.Any)
        {
            return errors.ToProblem();
        }

        var released = await administration.ClaimStaleAsync(
            chosen,
            TimeSpan.FromMilliseconds(minIdleMs),
            cancellationToken
        );
        return TypedResults.Ok(new ClaimStaleResponse(chosen, minIdleMs, released));
    }

    public async Task<Results<Ok<RedriveResponse>, ValidationProblem>> RedriveAsync(
        RedriveRequest request,
        [Description(ParameterTexts.GroupOrAll)] string? group,
        IStreamMonitor monitor,
        IStreamAdministration administration,
        CancellationToken cancellationToken
    )
    {
        var errors = new RequestErrors();
        if ((request.All == true) == (request.Positions is not null))
        {
            errors.Add(
                "positions",
                "Give either positions, as in {\"positions\": [\"1795234011241-0\"]}, or {\"all\": true}."
            );
            return errors.ToProblem();
        }

        if (request.Positions is { } listed)
        {
            var positions = Positions(listed, errors);
            if (group is not null || request.Reason is not null || request.Limit is not null)
            {
                errors.Add("positions", "Leave out group, reason and limit when you give positions.");
            }

            return errors.Any
                ? errors.ToProblem()
                : TypedResults.Ok(
                    RedriveResponse.From(await administration.RedriveAsync(positions, cancellationToken))
                );
        }

        var limit = errors.Limit(request.Limit, otherwise: StreamChecks.MaxLimit);
        errors.DeadLetterReasonOrNone(request.Reason);
        var chosen = await groups.ChooseOrAllAsync(group, monitor, errors, cancellationToken);
        return errors.Any
            ? errors.ToProblem()
            : TypedResults.Ok(
                RedriveResponse.From(
                    await administration.RedriveAllAsync(
                        new DeadLetterFilter { Group = chosen, Reason = request.Reason },
                        limit,
                        cancellationToken
                    )
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
        var reason = errors.PauseReason(request.Reason);
        var chosen = await groups.ChooseAsync(group, monitor, errors, cancellationToken);
        if (chosen is null || errors.Any)
        {
            return errors.ToProblem();
        }

        var pause = await administration.PauseAsync(chosen, reason, cancellationToken);
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

    public async Task<Results<Ok<ReplayResponse>, ValidationProblem>> ReplayAsync(
        ReplayRequest request,
        [Description(ParameterTexts.Group)] string? group,
        IStreamMonitor monitor,
        IStreamAdministration administration,
        CancellationToken cancellationToken
    )
    {
        var errors = new RequestErrors();
        var (field, from) = Beginning(request, errors);
        var chosen = await groups.ChooseAsync(group, monitor, errors, cancellationToken);
        if (chosen is null || errors.Any)
        {
            return errors.ToProblem();
        }

        try
        {
            var replay = await administration.ReplayAsync(chosen, from, cancellationToken);
            return TypedResults.Ok(
                new ReplayResponse(chosen, from.ToString(), replay.Entries, replay.OldestKept?.ToString())
            );
        }
        catch (ArgumentOutOfRangeException exception) when (exception.ParamName == "from")
        {
            var last = (await monitor.GetSnapshotAsync(cancellationToken)).LastPosition;
            errors.Add(
                field,
                $"The stream ends at {last}, and there is nothing to replay from a later position or time; begin "
                    + "there or before."
            );
            return errors.ToProblem();
        }
    }

    public static async Task<Ok<TrimResponse>> TrimAsync(
        IStreamMonitor monitor,
        IStreamAdministration administration,
        CancellationToken cancellationToken
    )
    {
        var trimmed = await administration.TrimAsync(cancellationToken);
        return TypedResults.Ok(TrimResponse.From((await monitor.GetSnapshotAsync(cancellationToken)).Stream, trimmed));
    }

    private static (string Field, MessagePosition From) Beginning(ReplayRequest request, RequestErrors errors)
    {
        const string Position = "fromPosition";
        const string Time = "fromTime";
        if ((request.FromPosition is null) == (request.FromTime is null))
        {
            errors.Add(
                Position,
                $"Give exactly one of {Position}, e.g. \"1795234011241-0\", and {Time}, e.g. \"2030-01-31T12:00:00Z\"."
            );
            return (Position, default);
        }

        // A time is the position before everything of its millisecond.
        return request.FromPosition is not null
            ? (Position, errors.Position(Position, request.FromPosition) ?? default)
            : (
                Time,
                errors.Time(Time, request.FromTime) is { } time
                    ? new MessagePosition((ulong)time.ToUnixTimeMilliseconds(), 0)
                    : default
            );
    }

    private static List<MessagePosition> Positions(IReadOnlyList<string?> listed, RequestErrors errors)
    {
        if (listed.Count is 0 or > StreamChecks.MaxLimit)
        {
            errors.Add("positions", $"Give 1 to {StreamChecks.MaxLimit} positions.");
            return [];
        }

        List<MessagePosition> positions = [];
        for (var i = 0; i < listed.Count; i++)
        {
            if (errors.Position($"positions[{i}]", listed[i] ?? "") is { } position)
            {
                positions.Add(position);
            }
        }

        return positions;
    }
}
