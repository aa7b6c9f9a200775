using System.Globalization;

namespace RedisFlow.AppHost;

/// <summary>Data and changes for somebody who looks around.</summary>
internal static class OrganizationCommands
{
    private const string Changes = "changes";

    /// <summary>Adds the commands that seed sample data and publish a burst of changes, through the service's own API.</summary>
    public static IResourceBuilder<ProjectResource> WithSampleCommands(this IResourceBuilder<ProjectResource> organization)
    {
        var options = OperatorOptions.Read(organization.ApplicationBuilder.Configuration);
        return organization
            .WithCommand("seed-sample-data", "Seed sample data", context => SeedAsync(organization, options, context), new CommandOptions
            {
                Description = $"Creates {options.SampleCompanies} companies with two dealerships each, those of them that are missing.",
                IconName = "DatabaseArrowUp",
                UpdateState = CommandState.WhileRunning,
            })
            .WithCommand("publish-burst", "Publish a burst of changes", context => BurstAsync(organization, options, context), new CommandOptions
            {
                Description = "Renames companies that exist for this only, as often as you say.",
                IconName = "Flash",
                UpdateState = CommandState.WhileRunning,
                Arguments =
                [
                    new InteractionInput
                    {
                        Name = Changes,
                        Label = "Changes",
                        Description = $"How many; 1 to {OperatorOptions.MaxBurstSize}.",
                        InputType = InputType.Number,
                        Required = true,
                        Value = options.BurstSize.ToString(CultureInfo.InvariantCulture),
                    },
                ],
                ValidateArguments = CheckAsync,
            });
    }

    private static Task<ExecuteCommandResult> SeedAsync(
        IResourceBuilder<ProjectResource> organization, OperatorOptions options, ExecuteCommandContext context) =>
        CallAsync(organization, context, client => SampleData.SeedAsync(client, options.SampleCompanies, options.Concurrency, context.CancellationToken));

    private static Task<ExecuteCommandResult> BurstAsync(
        IResourceBuilder<ProjectResource> organization, OperatorOptions options, ExecuteCommandContext context) =>
        CallAsync(
            organization,
            context,
            client => Burst.PublishAsync(client, context.Arguments.GetInt32(Changes), options.Concurrency, context.CancellationToken));

    private static async Task<ExecuteCommandResult> CallAsync(
        IResourceBuilder<ProjectResource> organization, ExecuteCommandContext context, Func<OrganizationClient, Task<ExecuteCommandResult>> call)
    {
        using var client = new OrganizationClient(new Uri(organization.GetEndpoint("http").Url));
        try
        {
            return await call(client);
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            // Else it would look as if somebody had cancelled the command.
            return CommandResults.Failure($"{organization.Resource.Name} did not answer in time.");
        }
    }

    // A number may have a fraction as far as the input's type is concerned.
    private static Task CheckAsync(InputsDialogValidationContext context)
    {
        if (!int.TryParse(context.Inputs.GetString(Changes), NumberStyles.Integer, CultureInfo.InvariantCulture, out var changes)
            || changes is < 1 or > OperatorOptions.MaxBurstSize)
        {
            context.AddValidationError(Changes, $"Give a whole number from 1 to {OperatorOptions.MaxBurstSize}.");
        }

        return Task.CompletedTask;
    }
}
