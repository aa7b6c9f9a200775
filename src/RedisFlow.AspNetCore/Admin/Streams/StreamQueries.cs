using System.ComponentModel;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using RedisFlow.AspNetCore.Admin.Streams.Contracts;
using RedisFlow.AspNetCore.Admin.Streams.Validation;
using RedisFlow.AspNetCore.Problems;
using RedisFlow.Streams;

namespace RedisFlow.AspNetCore.Admin.Streams;

/// <summary>What operators read of the stream. Nothing is changed by it.</summary>
internal sealed class StreamQueries(GroupChoice groups)
{
    public Task<Results<Ok<GroupSnapshot>, ValidationProblem>> ReadGroupAsync(
        [Description(ParameterTexts.Group)] string? group,
        IStreamMonitor monitor,
        CancellationToken cancellationToken
    ) => DescribeAsync(group, found => found, monitor, cancellationToken);

    public Task<Results<Ok<PendingCountResponse>, ValidationProblem>> ReadPendingCountAsync(
        [Description(ParameterTexts.Group)] string? group,
        IStreamMonitor monitor,
        CancellationToken cancellationToken
    ) => DescribeAsync(group, PendingCountResponse.From, monitor, cancellationToken);

    public static async Task<Ok<StreamSnapshot>> ReadStreamAsync(
        IStreamMonitor monitor,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(await monitor.GetSnapshotAsync(cancellationToken));

    public async Task<Results<Ok<PendingPageResponse>, ValidationProblem>> ReadPendingAsync(
        [Description(ParameterTexts.Group)] string? group,
        [Description("Only what this consumer holds.")] string? consumer,
        [Description("Only messages that were not renewed for so long, in milliseconds.")]
        [WholeNumber(0, StreamCommands.MaxIdleMs)]
            long? minIdleMs,
        [Description(ParameterTexts.After), After] string? after,
        [Description(ParameterTexts.Limit)]
        [WholeNumber(1, Pages.MaxLimit)]
        [DefaultValue(Pages.DefaultLimit)]
            int? limit,
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

        var size = limit ?? Pages.DefaultLimit;
        var filter = new PendingFilter { Consumer = consumer, MinIdle = TimeSpan.FromMilliseconds(minIdleMs ?? 0) };
        var page = await administration.GetPendingAsync(
            chosen,
            filter,
            PositionText.ReadOptional(after),
            size,
            cancellationToken
        );
        return TypedResults.Ok(PendingPageResponse.From(chosen, page, size));
    }

    public async Task<Results<Ok<DeadLetterPage>, ValidationProblem>> ReadDeadLettersAsync(
        [Description(ParameterTexts.GroupOrAll)] string? group,
        [Description(ParameterTexts.Reason), DeadLetterReason] string? reason,
        [Description(ParameterTexts.After), After] string? after,
        [Description(ParameterTexts.Limit)]
        [WholeNumber(1, Pages.MaxLimit)]
        [DefaultValue(Pages.DefaultLimit)]
            int? limit,
        IStreamMonitor monitor,
        IStreamAdministration administration,
        TypeRegistry types,
        IOptions<StreamOptions> stream,
        CancellationToken cancellationToken
    )
    {
        var errors = new RequestErrors();
        var chosen = await groups.ChooseOrAllAsync(group, monitor, errors, cancellationToken);
        if (errors.Any)
        {
            return errors.ToProblem();
        }

        var pages = new DeadLetterPages(
            stream.Value.Name,
            administration,
            new JsonFormatter.Settings(formatDefaultValues: true, types)
        );
        return TypedResults.Ok(
            await pages.ReadAsync(
                new DeadLetterFilter { Group = chosen, Reason = reason },
                PositionText.ReadOptional(after),
                limit ?? Pages.DefaultLimit,
                cancellationToken
            )
        );
    }

    private async Task<Results<Ok<T>, ValidationProblem>> DescribeAsync<T>(
        string? group,
        Func<GroupSnapshot, T> describe,
        IStreamMonitor monitor,
        CancellationToken cancellationToken
    )
    {
        var errors = new RequestErrors();
        if (await groups.ChooseAsync(group, monitor, errors, cancellationToken) is not { } chosen)
        {
            return errors.ToProblem();
        }

        var stream = await monitor.GetSnapshotAsync(cancellationToken);
        return TypedResults.Ok(describe(GroupChoice.Find(stream, chosen)));
    }
}
