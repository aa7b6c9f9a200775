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

    private static async Task<ExecuteCommandResult> SeedAsync(
        IResourceBuilder<ProjectResource> organization, OperatorOptions options, ExecuteCommandContext context)
    {
        using var client = ClientOf(organization);
        return await SampleData.SeedAsync(client, options.SampleCompanies, options.Concurrency, context.CancellationToken);
    }

    private static async Task<ExecuteCommandResult> BurstAsync(
        IResourceBuilder<ProjectResource> organization, OperatorOptions options, ExecuteCommandContext context)
    {
        using var client = ClientOf(organization);
        return await Burst.PublishAsync(client, context.Arguments.GetInt32(Changes), options.Concurrency, context.CancellationToken);
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

    private static OrganizationClient ClientOf(IResourceBuilder<ProjectResource> organization) => new(new Uri(organization.GetEndpoint("http").Url));
}
