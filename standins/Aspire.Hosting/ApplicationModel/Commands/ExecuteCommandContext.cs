namespace Aspire.Hosting.ApplicationModel;

/// <summary>What a command gets to do its work.</summary>
public sealed class ExecuteCommandContext
{
    [Obsolete("Use Services instead.")]
    public IServiceProvider ServiceProvider
    {
        get => Services;
        init => Services = value;
    }

    public required IServiceProvider Services { get; init; }

    /// <summary>The id of the instance that the command is executed for.</summary>
    public required string ResourceName { get; init; }

    public required CancellationToken CancellationToken { get; init; }

    /// <summary>Writes to the instance's console logs.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>What the command was given, and else has by itself; checked.</summary>
    public required InteractionInputCollection Arguments { get; init; }
}

/// <summary>What a command's state is computed from.</summary>
public sealed class UpdateCommandStateContext
{
    public required CustomResourceSnapshot ResourceSnapshot { get; init; }

    [Obsolete("Use Services instead.")]
    public IServiceProvider ServiceProvider
    {
        get => Services;
        init => Services = value;
    }

    public required IServiceProvider Services { get; init; }
}
