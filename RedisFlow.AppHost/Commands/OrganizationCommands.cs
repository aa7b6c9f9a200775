using RedisFlow.Aspire.Hosting;

namespace RedisFlow.AppHost;

/// <summary>Sample data and changes for a developer who looks around.</summary>
internal static class OrganizationCommands
{
    /// <summary>
    /// Adds the commands that seed sample data and publish a burst of changes, through the service's own API.
    /// </summary>
    /// <remarks>Each makes many requests, and reports how many failed: <c>WithHttpCommand</c> makes one.</remarks>
    public static IResourceBuilder<ProjectResource> WithSampleCommands(
        this IResourceBuilder<ProjectResource> organization
    )
    {
        var options = SampleOptions.Read(organization.ApplicationBuilder.Configuration);
        var companies = new NumberArgument(
            "companies",
            "Companies",
            1,
            SampleOptions.MaxSampleCompanies,
            options.SampleCompanies
        );
        var changes = new NumberArgument("changes", "Changes", 1, SampleOptions.MaxBurstSize, options.BurstSize);
        return organization
            .WithCommand(
                "seed-sample-data",
                "Seed sample data",
                SeedAsync,
                new CommandOptions
                {
                    Description = "Creates companies with two dealerships each, those of them that are missing.",
                    IconName = "DatabaseArrowUp",
                    UpdateState = CommandState.WhileRunning,
                    Arguments = [companies.Input],
                    ValidateArguments = companies.CheckAsync,
                }
            )
            .WithCommand(
                "publish-burst",
                "Publish a burst of changes",
                BurstAsync,
                new CommandOptions
                {
                    Description = "Renames companies that exist for this only, as often as you say.",
                    IconName = "Flash",
                    UpdateState = CommandState.WhileRunning,
                    Arguments = [changes.Input],
                    ValidateArguments = changes.CheckAsync,
                }
            );

        Task<ExecuteCommandResult> SeedAsync(ExecuteCommandContext context) =>
            CallAsync(
                organization,
                context,
                client =>
                    SampleData.SeedAsync(client, companies.Of(context), options.Concurrency, context.CancellationToken)
            );

        Task<ExecuteCommandResult> BurstAsync(ExecuteCommandContext context) =>
            CallAsync(
                organization,
                context,
                client =>
                    Burst.PublishAsync(client, changes.Of(context), options.Concurrency, context.CancellationToken)
            );
    }

    private static async Task<ExecuteCommandResult> CallAsync(
        IResourceBuilder<ProjectResource> organization,
        ExecuteCommandContext context,
        Func<OrganizationClient, Task<ExecuteCommandResult>> call
    )
    {
        using var client = new OrganizationClient(new Uri(organization.GetEndpoint("http").Url));
        try
        {
            return await call(client);
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            // Else it would look as if the user had cancelled the command.
            return CommandResults.Failure($"{organization.Resource.Name} did not answer in time.");
        }
    }
}
