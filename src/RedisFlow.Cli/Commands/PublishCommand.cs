using System.CommandLine;
using System.Globalization;
using RedisFlow.Cli.CommandLine;
using RedisFlow.Cli.Connecting;
using RedisFlow.Cli.Publishing;
using RedisFlow.Cli.Rendering;
using RedisFlow.Cli.Reports;
using RedisFlow.Streams;

namespace RedisFlow.Cli.Commands;

/// <summary><c>publish</c>: messages from JSON.</summary>
internal sealed class PublishCommand : CliCommand
{
    private const string StandardInput = "-";

    private readonly Argument<string> _file = new("file")
    {
        Description =
            "The file with the JSON: one value, several one after the other (JSON lines), or an array; - is standard "
            + "input.",
        DefaultValueFactory = _ => StandardInput,
    };

    private readonly Option<string?> _type = new("--type")
    {
        Description =
            "The type of all messages, of those that --messages names: order.placed, OrderPlaced or "
            + "shop.v1.OrderPlaced; then each JSON object is a payload. "
            + "Without it, each object is a message: type, subject, payload, and optionally content, messageId, "
            + "entityVersion, tenant, targetApplication, headers.",
        HelpName = "type",
    };

    private readonly Option<string?> _subject = new("--subject")
    {
        Description =
            "With --type: the entity that the messages are about; fields of the payload in braces: "
            + "company/{companyId}.",
        HelpName = "subject",
    };

    private readonly Option<string?> _content = new("--content")
    {
        Description = "With --type: what happened, in one line for people; fields in braces as in --subject.",
        HelpName = "text",
    };

    private readonly Option<int> _count = new Option<int>("--count")
    {
        Description = "Publish the input so many times.",
        HelpName = "number",
        DefaultValueFactory = _ => 1,
    }.AtLeast(1, 1_000_000);

    private readonly Option<int> _batch = new Option<int>("--batch")
    {
        Description = "How many messages go out at once.",
        HelpName = "number",
        DefaultValueFactory = _ => 256,
    }.AtLeast(1, 10_000);

    public PublishCommand()
        : base("publish", "Publishes messages from JSON.")
    {
        Add(_file);
        Add(_type);
        Add(_subject);
        Add(_content);
        Add(_count);
        Add(_batch);
    }

    protected override async Task<int> ExecuteAsync(Invocation invocation, CancellationToken stop)
    {
        var defaults = Defaults(invocation);
        var messages = new PublicationReader(invocation.Messages).Read(await InputAsync(invocation, stop), defaults);
        var count = invocation.Get(_count);
        if (count > 1 && messages.Any(message => message.MessageId is not null))
        {
            throw new UsageException("A message with a messageId is published once; --count does not go with it.");
        }

        await using var session = await invocation.OpenAsync(stop, invocation.Messages);
        var total = (long)messages.Count * count;
        var report = await ProgressBar.RunAsync(
            invocation,
            "Publishing",
            total,
            done =>
                PublishAsync(
                    session.Stream,
                    Enumerable.Repeat(messages, count).SelectMany(all => all),
                    total,
                    invocation.Get(_batch),
                    done,
                    stop
                )
        );
        invocation.Show(report, OperationViews.Write);
        return ExitCode.Ok;
    }

    private PublicationDefaults Defaults(Invocation invocation)
    {
        if (invocation.Get(_type) is not { } type)
        {
            return invocation.Has(_subject) || invocation.Has(_content)
                ? throw new UsageException(
                    "--subject and --content go with --type; without it, each message has its own."
                )
                : new PublicationDefaults(null, null, null);
        }

        return new PublicationDefaults(
            new MessageTypeNames(invocation.Messages).Find(type),
            invocation.Get(_subject)
                ?? throw new UsageException("--type needs --subject, e.g. --subject 'company/{companyId}'."),
            invocation.Get(_content)
        );
    }

    private async Task<string> InputAsync(Invocation invocation, CancellationToken stop)
    {
        var file = invocation.Get(_file);
        if (file != StandardInput)
        {
            try
            {
                return await File.ReadAllTextAsync(Path.GetFullPath(file, invocation.Terminal.Folder), stop);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new UsageException($"The file cannot be read: {exception.Message}", exception);
            }
        }

        if (invocation.Terminal.CanAsk)
        {
            invocation.Say("Reading JSON from the keyboard; Ctrl+D ends it.");
        }

        return await Task.Run(invocation.Terminal.In.ReadToEnd, stop).WaitAsync(stop);
    }

    private static async Task<PublishReport> PublishAsync(
        StreamAccess stream,
        IEnumerable<Publication> messages,
        long total,
        int batchSize,
        Action<long> done,
        CancellationToken stop
    )
    {
        MessagePosition? first = null;
        MessagePosition? last = null;
        var published = 0;
        foreach (var batch in messages.Chunk(batchSize))
        {
            try
            {
                var positions = await stream.Publisher.PublishAsync(batch, stop);
                first ??= positions[0];
                last = positions[^1];
                done(published += batch.Length);
            }
            catch (ArgumentException exception)
            {
                var refused = published + IndexOf(exception) + 1;
                var message = Text(
                    $"Message {refused} of {total}: {Failures.WithoutParameter(exception.Message)} {Sent(published)}"
                );
                throw published == 0
                    ? new UsageException(message, exception)
                    : new OperationFailedException(message, exception);
            }
            catch (StreamPublishException exception)
            {
                throw new OperationFailedException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Redis did not confirm all messages. {Sent(published + exception.Confirmed.Count)} The next "
                            + $"{exception.UncertainCount} may or may not be. {exception.InnerException?.Message}"
                    ),
                    exception
                );
            }
        }

        return new PublishReport(stream.Name, published, first, last);
    }

    private static string Sent(int published) =>
        published == 0 ? "Nothing was published." : Text($"The first {published} are published.");

    /// <summary>
    /// Which message of the batch was refused: the publisher names its parameter <c>publications[3]</c>.
    /// </summary>
    private static int IndexOf(ArgumentException exception)
    {
        var name = exception.ParamName.AsSpan();
        var (open, close) = (name.IndexOf('['), name.IndexOf(']'));
        return
            open >= 0
            && close > open
            && int.TryParse(name[(open + 1)..close], NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? index
            : 0;
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
