using System.ComponentModel;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using RedisFlow.AspNetCore.Admin.Streams.Contracts;
using RedisFlow.AspNetCore.Admin.Streams.Validation;
using RedisFlow.AspNetCore.Problems;
using RedisFlow.Streams;

namespace RedisFlow.AspNetCore.Admin.Streams;

/// <summary>What operators read of the stream. Nothing is changed by it.</summary>
internal sealed class StreamQueries(GroupChoice groups)
{
    public Task<Results<Ok<ConsumerGroupResponse>, ValidationProblem>> ReadGroupAsync(
        [Description(ParameterTexts.Group)] string? group,
        IStreamMonitor monitor,
        CancellationToken cancellationToken
    ) => DescribeAsync(group, ConsumerGroupResponse.From, monitor, cancellationToken);

    public Task<Results<Ok<PendingCountResponse>, ValidationProblem>> ReadPendingCountAsync(
        [Description(ParameterTexts.Group)] string? group,
        IStreamMonitor monitor,
        CancellationToken cancellationToken
    ) => DescribeAsync(group, PendingCountResponse.From, monitor, cancellationToken);

    public static async Task<Ok<StreamLengthResponse>> ReadLengthAsync(
        IStreamMonitor monitor,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(StreamLengthResponse.From(await monitor.GetSnapshotAsync(cancellationToken)));

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

    public async Task<Results<Ok<DeadLetterPageResponse>, ValidationProblem>> ReadDeadLettersAsync(
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
        CancellationToken cancellationToken
    )
    {
        var errors = new RequestErrors();
        var chosen = await groups.ChooseOrAllAsync(group, monitor, errors, cancellationToken);
        if (errors.Any)
        {
            return errors.ToProblem();
        }

        var pages = new DeadLetterPages(administration, new PayloadReader(types));
        return TypedResults.Ok(
            await pages.ReadAsync(
                chosen,
                reason,
                PositionText.ReadOptional(after),
                limit ?? Pages.DefaultLimit,
                cancellationToken
            )
        );
    }

    private async Task<Results<Ok<T>, ValidationProblem>> DescribeAsync<T>(
        string? group,
        Func<string, GroupSnapshot, T> describe,
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
        return TypedResults.Ok(describe(stream.Stream, GroupChoice.Find(stream, chosen)));
    }
}
