namespace Aspire.Hosting.ApplicationModel;

/// <summary>How a command ended.</summary>
public sealed class ExecuteCommandResult
{
    private readonly string? _message;

    public required bool Success { get; init; }

    public bool Canceled { get; init; }

    [Obsolete("Use Message instead.")]
    public string? ErrorMessage
    {
        get => _message;
        init => _message ??= value;
    }

    public string? Message
    {
        get => _message;
        init => _message = value;
    }

    public CommandResultData? Data { get; init; }

    /// <summary>The arguments with what is wrong with them; <see langword="null"/> if that is not why the command failed.</summary>
    internal InteractionInputCollection? InvalidArguments { get; init; }
}

/// <summary>What a command produced.</summary>
public sealed class CommandResultData
{
    public required string Value { get; init; }

    public CommandResultFormat Format { get; init; }

    /// <summary>The dashboard opens it as soon as the command has ended.</summary>
    public bool DisplayImmediately { get; init; }
}

public enum CommandResultFormat
{
    Text,
    Json,
    Markdown,
}
