namespace Aspire.Hosting;

/// <summary>What a check of inputs gets, and where it says what is wrong.</summary>
public sealed class InputsDialogValidationContext
{
    public required InteractionInputCollection Inputs { get; init; }

    public required CancellationToken CancellationToken { get; init; }

    public required IServiceProvider Services { get; init; }

    internal bool HasErrors { get; private set; }

    public void AddValidationError(InteractionInput input, string errorMessage)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentException.ThrowIfNullOrEmpty(errorMessage);
        input.ValidationErrors.Add(errorMessage);
        HasErrors = true;
    }

    public void AddValidationError(string inputName, string errorMessage) => AddValidationError(Inputs[inputName], errorMessage);
}
