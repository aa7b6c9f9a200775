using System.CommandLine;
using RedisFlow.Cli.CommandLine;
using RedisFlow.Cli.Connecting;
using RedisFlow.Cli.Publishing;
using RedisFlow.Cli.Rendering;
using RedisFlow.Cli.Reports;
using RedisFlow.Streams;

namespace RedisFlow.Cli.Commands;

/// <summary><c>tail</c>: messages, decoded; the last ones, or from a place on, and those that come.</summary>
internal sealed class TailCommand : CliCommand
{
    private const int Latest = 10;
    private const int PageSize = 200;

    private readonly Option<StartPoint?> _from = new StartPointOption
    {
        Description =
            "Where to begin: a time (2026-11-21T10:00:00Z), a position (1795234011241-0), a time ago (-1h), "
            + $"'beginning' or 'end'. Default: the last {Latest} messages.",
    };

    private readonly Option<bool> _follow = new("--follow") { Description = "Go on with what comes, until Ctrl+C." };

    private readonly Option<int?> _limit = new Option<int?>("--limit")
    {
        Description = "End after so many messages.",
        HelpName = "number",
    }.AtLeast(1);

    private readonly Option<string?> _type = new("--type")
    {
        Description = "Only messages of this type, e.g. company.updated.",
        HelpName = "type",
    };

    private readonly Option<string?> _subject = new("--subject")
    {
        Description = "Only messages of this subject, e.g. company/456.",
        HelpName = "subject",
    };

    public TailCommand()
        : base("tail", "Shows messages, decoded. No group is concerned.")
    {
        Add(_from);
        Add(_follow);
        Add(_limit);
        Add(_type);
        Add(_subject);
    }

    protected override async Task<int> ExecuteAsync(Invocation invocation, CancellationToken stop)
    {
        if (!invocation.Get(_follow))
        {
            await ShowAsync(invocation, isFollowing: false, stop);
            return ExitCode.Ok;
        }

        var reader = invocation.Terminal.WatchReader();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, reader);
        try
        {
            await ShowAsync(invocation, isFollowing: true, end.Token);
        }
        catch (OperationCanceledException) when (reader.IsCancellationRequested)
        {
            // As after a write to a closed pipe: the command is complete.
        }

        return ExitCode.Ok;
    }

    private async Task ShowAsync(Invocation invocation, bool isFollowing, CancellationToken stop)
    {
        var type = invocation.Get(_type) is { } name
            ? new MessageTypeNames(invocation.Messages).Find(name).FullName
            : null;
        var subject = invocation.Get(_subject);
        var left = invocation.Get(_limit) ?? int.MaxValue;
        await using var session = await invocation.OpenAsync(stop, invocation.Messages);
        await using var wait = isFollowing
            ? await StreamWait.OpenAsync(
                session.Target,
                session.Stream.Name,
                invocation.Get(CommonOptions.ConnectTimeout),
                stop
            )
            : null;
        await foreach (var message in ReadAsync(session, invocation.Get(_from), wait, stop))
        {
            var report = new MessageReport(message, invocation.PayloadJson, invocation.Messages.Hint);
            if ((type is not null && report.Type != type) || (subject is not null && report.Subject != subject))
            {
                continue;
            }

            Show(invocation, report);
            if (--left == 0)
            {
                break;
            }
        }
    }

    private static void Show(Invocation invocation, MessageReport report)
    {
        if (invocation.IsJson)
        {
            invocation.Terminal.Out.WriteLine(Json.Line(report));
        }
        else
        {
            MessageView.Write(invocation.Console, report);
            invocation.AdviseOn(report);
        }
    }

    private static async IAsyncEnumerable<StoredMessage> ReadAsync(
        StreamSession session,
        StartPoint? from,
        StreamWait? wait,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop
    )
    {
        var messages = session.Stream.Administration;
        MessagePosition? after = null;
        if (from is null)
        {
            // Where it goes on, should there be none yet.
            after = (await session.Stream.Monitor.GetSnapshotAsync(stop)).LastPosition;
            foreach (var message in await messages.GetLatestMessagesAsync(Latest, stop))
            {
                after = MessagePosition.Max(after.Value, message.Position);
                yield return message;
            }
        }
        else
        {
            after = from.IsEnd
                ? (await session.Stream.Monitor.GetSnapshotAsync(stop)).LastPosition
                : Positions.Before(await from.ResolveAsync(() => session.ServerTimeAsync(stop)));
        }

        while (from is not null || wait is not null)
        {
            var page = await messages.GetMessagesAsync(after, PageSize, stop);
            foreach (var message in page)
            {
                after = message.Position;
                yield return message;
            }

            if (page.Count < PageSize)
            {
                if (wait is null)
                {
                    yield break;
                }

                await wait.UntilAfterAsync(after, stop);
            }
        }
    }
}
