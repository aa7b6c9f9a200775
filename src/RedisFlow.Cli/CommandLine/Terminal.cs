using System.Collections;

namespace RedisFlow.Cli.CommandLine;

/// <summary>Where the tool runs: its streams, variables and folder. A test gives its own.</summary>
internal sealed record Terminal
{
    /// <summary>Standard input.</summary>
    public required TextReader In { get; init; }

    /// <summary>Results.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>
    /// Gives a token that is cancelled when results cannot be read any more; for commands that wait without writing.
    /// </summary>
    public Func<CancellationToken> WatchReader { get; init; } = static () => CancellationToken.None;

    /// <summary>Diagnostics, questions and progress.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Whether a user at the keyboard can answer questions.</summary>
    public bool CanAsk { get; init; }

    /// <summary>Whether results are shown on a screen.</summary>
    public bool IsOutputScreen { get; init; }

    /// <summary>Whether diagnostics are shown on a screen.</summary>
    public bool IsErrorScreen { get; init; }

    /// <summary>Environment variables.</summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    /// <summary>The current folder.</summary>
    public required string Folder { get; init; }

    /// <summary>The process's own.</summary>
    public static Terminal OfProcess() =>
        new()
        {
            In = Console.In,
            Out = PipeOutput.OfProcess(),
            WatchReader = PipeReader.Watch,
            Error = Console.Error,
            CanAsk = !Console.IsInputRedirected && !Console.IsErrorRedirected,
            IsOutputScreen = !Console.IsOutputRedirected,
            IsErrorScreen = !Console.IsErrorRedirected,
            Variables = Environment
                .GetEnvironmentVariables()
                .Cast<DictionaryEntry>()
                .ToDictionary(
                    variable => (string)variable.Key,
                    variable => (string?)variable.Value ?? "",
                    StringComparer.OrdinalIgnoreCase
                ),
            Folder = Environment.CurrentDirectory,
        };
}
