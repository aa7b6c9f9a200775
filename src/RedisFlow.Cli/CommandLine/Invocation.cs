using System.CommandLine;
using Google.Protobuf;
using RedisFlow.Cli.Connecting;
using RedisFlow.Cli.Messages;
using RedisFlow.Cli.Rendering;
using RedisFlow.Streams;
using Spectre.Console;

namespace RedisFlow.Cli.CommandLine;

/// <summary>One run of a command: what was asked for, where the answers go, and how to reach Redis.</summary>
internal sealed class Invocation
{
    private readonly ParseResult _parsed;
    private readonly Secrets _secrets;
    private readonly Lazy<IAnsiConsole> _console;
    private readonly Lazy<IAnsiConsole> _diagnostics;
    private readonly Lazy<MessageCatalog> _messages;
    private bool _hasAdvised;

    public Invocation(ParseResult parsed, Terminal terminal, Secrets secrets)
    {
        _parsed = parsed;
        _secrets = secrets;
        Terminal = terminal;
        Settings = new ToolSettings(terminal);
        _console = new(() => Consoles.Create(terminal.Out, terminal.IsOutputScreen));
        _diagnostics = new(() => Consoles.Create(terminal.Error, terminal.IsErrorScreen));
        _messages = new(() => MessageLoader.Load(Settings.Messages(Get(CommonOptions.Messages) ?? [])));
    }

    public Terminal Terminal { get; }

    /// <summary>What variables and the AppHost's settings say.</summary>
    public ToolSettings Settings { get; }

    /// <summary>The types of payloads, for commands that show or publish them; others load no assembly.</summary>
    /// <exception cref="UsageException">An assembly cannot be used.</exception>
    public MessageCatalog Messages => _messages.Value;

    /// <summary>
    /// How payloads are written: in JSON with every field, as the operators' endpoints do; for people without those
    /// that have their default.
    /// </summary>
    public JsonFormatter.Settings PayloadJson => Messages.Json.WithFormatDefaultValues(IsJson);

    /// <summary>Whether results are JSON.</summary>
    public bool IsJson => _parsed.GetValue(CommonOptions.Json);

    /// <summary>Results for people.</summary>
    public IAnsiConsole Console => _console.Value;

    /// <summary>Diagnostics and progress.</summary>
    public IAnsiConsole Diagnostics => _diagnostics.Value;

    /// <summary>The value of an option.</summary>
    public T Get<T>(Option<T> option) => _parsed.GetValue(option)!;

    /// <summary>The value of an option with a time.</summary>
    public TimeSpan Get(DurationOption option) => Has(option) ? _parsed.GetValue(option) : option.Default;

    /// <summary>The value of an argument.</summary>
    public T Get<T>(Argument<T> argument) => _parsed.GetValue(argument)!;

    /// <summary>Whether the option was given.</summary>
    public bool Has(Option option) => _parsed.GetResult(option) is { Implicit: false };

    /// <summary>Connects, for a command on one stream.</summary>
    /// <param name="stop">Ends the attempt.</param>
    /// <param name="messages">The types of payloads; by default those that the tool itself knows.</param>
    /// <exception cref="UsageException">Several streams were given, or it is unclear which one is meant.</exception>
    /// <exception cref="NoConnectionException">There is no connection.</exception>
    public Task<StreamSession> OpenAsync(CancellationToken stop, MessageCatalog? messages = null)
    {
        if (NamedStreams.Length > 1)
        {
            throw new UsageException($"{_parsed.CommandResult.Command.Name} works on one stream; give --stream once.");
        }

        return OpenAllAsync(stop, messages);
    }

    /// <summary>Connects, for a command on several streams.</summary>
    /// <param name="stop">Ends the attempt.</param>
    /// <param name="messages">The types of payloads; by default those that the tool itself knows.</param>
    /// <exception cref="UsageException">It is unclear which stream is meant.</exception>
    /// <exception cref="NoConnectionException">There is no connection.</exception>
    public async Task<StreamSession> OpenAllAsync(CancellationToken stop, MessageCatalog? messages = null)
    {
        var target = ConnectionTarget.Resolve(_parsed.GetValue(CommonOptions.Redis), Settings);
        _secrets.Add(target);
        var connection = await RedisConnector.ConnectAsync(target, Get(CommonOptions.ConnectTimeout), stop);
        try
        {
            string[] streams =
                NamedStreams is { Length: > 0 } named ? named
                : Settings.Stream is { } set ? [set]
                : [await StreamDiscovery.OnlyAsync(connection, target.Servers, stop)];
            return new StreamSession(
                target,
                connection,
                streams,
                Terminal.Variables,
                messages ?? MessageCatalog.BuiltIn
            );
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Shows a result: as JSON, or as a view of it.</summary>
    public void Show<T>(T report, Action<IAnsiConsole, T> view)
    {
        if (IsJson)
        {
            Terminal.Out.WriteLine(Json.Document(report));
        }
        else
        {
            view(Console, report);
        }
    }

    /// <summary>Says, once, how payloads become readable, after one whose type is unknown.</summary>
    public void AdviseOn(DecodedMessage message)
    {
        if (!_hasAdvised && !IsJson && message is { Payload: null, Type: { } type } && !Messages.Knows(type))
        {
            _hasAdvised = true;
            Say($"redisflow: Of payloads with an unknown type, only the size is shown. {Messages.Hint}");
        }
    }

    /// <summary>Says something that is no result.</summary>
    public void Say(string message) => Terminal.Error.WriteLine(_secrets.Mask(message));

    private string[] NamedStreams =>
        [.. (_parsed.GetValue(CommonOptions.Stream) ?? []).Distinct(StringComparer.Ordinal)];
}
