using System.CommandLine;
using RedisFlow.Cli.Connecting;
using RedisFlow.Cli.Rendering;
using Spectre.Console;

namespace RedisFlow.Cli.CommandLine;

/// <summary>One run of a command: what was asked for, where the answers go, and how to reach Redis.</summary>
internal sealed class Invocation
{
    private readonly ParseResult _parsed;
    private readonly Secrets _secrets;
    private readonly Lazy<IAnsiConsole> _console;
    private readonly Lazy<IAnsiConsole> _diagnostics;

    public Invocation(ParseResult parsed, Terminal terminal, Secrets secrets)
    {
        _parsed = parsed;
        _secrets = secrets;
        Terminal = terminal;
        _console = new(() => Consoles.Create(terminal.Out, terminal.IsOutputScreen));
        _diagnostics = new(() => Consoles.Create(terminal.Error, terminal.IsErrorScreen));
    }

    public Terminal Terminal { get; }

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
    /// <exception cref="UsageException">Several streams were given.</exception>
    /// <exception cref="NoConnectionException">There is no connection.</exception>
    public Task<StreamSession> OpenAsync(CancellationToken stop)
    {
        if (Streams.Length > 1)
        {
            throw new UsageException($"{_parsed.CommandResult.Command.Name} works on one stream; give --stream once.");
        }

        return OpenAllAsync(stop);
    }

    /// <summary>Connects, for a command on several streams.</summary>
    /// <exception cref="NoConnectionException">There is no connection.</exception>
    public async Task<StreamSession> OpenAllAsync(CancellationToken stop)
    {
        var target = ConnectionTarget.Resolve(_parsed.GetValue(CommonOptions.Redis), Terminal);
        _secrets.Add(target);
        var connection = await RedisConnector.ConnectAsync(target, Get(CommonOptions.ConnectTimeout), stop);
        try
        {
            return new StreamSession(target, connection, Streams, Terminal.Variables);
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

    /// <summary>Says something that is no result.</summary>
    public void Say(string message) => Terminal.Error.WriteLine(_secrets.Mask(message));

    private string[] Streams
    {
        get
        {
            string[] given = [.. (_parsed.GetValue(CommonOptions.Stream) ?? []).Distinct(StringComparer.Ordinal)];
            return given.Length > 0 ? given
                : Terminal.Variables.TryGetValue("Streams__Name", out var name) && name.Length > 0 ? [name]
                : [Domain.StreamNames.CacheInvalidation];
        }
    }
}
