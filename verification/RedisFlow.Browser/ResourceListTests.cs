using System.Net.Http.Json;
using Microsoft.Playwright;
using RedisFlow.Domain;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace RedisFlow.Browser;

/// <summary>The list of resources, and the commands on them.</summary>
[Collection(ObservedSystem.Name)]
public sealed class ResourceListTests(DashboardFixture fixture)
{
    [Fact]
    public Task Should_ListEveryResourceAsRunning_When_TheSystemHasStarted() =>
        fixture.VisitAsync(async dashboard =>
        {
            var expected = new Dictionary<string, int>
            {
                [ResourceNames.Redis] = 1,
                [ResourceNames.Stream] = 1,
                [ResourceNames.Organization] = 1,
                [ResourceNames.Reporting] = 1,
                [ResourceNames.Analytics] = 2,
                [ResourceNames.Billing] = 1,
            };
            foreach (var (name, instances) in expected)
            {
                // Of a resource that is not healthy, the cell says so.
                await Expect(Dashboard.Cell(dashboard.Resource(name), "Running")).ToHaveCountAsync(instances);
            }

            // And nothing else.
            await Expect(dashboard.Rows).ToHaveCountAsync(expected.Values.Sum());
            await Screenshots.TakeAsync(dashboard, "dashboard-resources", 1280, 516);
        });

    [Fact]
    public Task Should_CreateTheSampleCompanies_When_TheCommandIsChosenInTheMenu() =>
        fixture.VisitAsync(async dashboard =>
        {
            Assert.Equal(0, await SampleCompaniesAsync());

            await dashboard.RunCommandAsync(
                ResourceNames.Organization,
                "Seed sample data",
                () => dashboard.AnswerAsync("Seed sample data")
            );

            Assert.Equal(DashboardApplication.SampleCompanies, await SampleCompaniesAsync());
        });

    [Fact]
    public Task Should_PublishAsManyChangesAsAreEntered_When_TheBurstAsksForTheirNumber() =>
        fixture.VisitAsync(async dashboard =>
        {
            const string Command = "Publish a burst of changes";

            // From now on the companies are there that the burst renames.
            await fixture.Application.CommandAsync(ResourceNames.Organization, "publish-burst");
            var before = await fixture.Application.Stream.LengthAsync();

            await dashboard.RunCommandAsync(
                ResourceNames.Organization,
                Command,
                async () =>
                {
                    var changes = dashboard.Dialog.GetByRole(AriaRole.Textbox);
                    await Expect(changes).ToHaveValueAsync("100");
                    await changes.FillAsync("0");
                    await dashboard.AnswerAsync(Command);
                    await Expect(dashboard.Dialog.GetByText("Enter a whole number from 1 to 100000."))
                        .ToBeVisibleAsync();

                    await changes.FillAsync("7");
                    await dashboard.AnswerAsync(Command);
                }
            );

            Assert.Equal(before + 7, await fixture.Application.Stream.LengthAsync());
        });

    [Fact]
    public Task Should_PauseTheConsumerAndLetItGoOn_When_ItsCommandsAreConfirmed() =>
        fixture.VisitAsync(async dashboard =>
        {
            const string Group = GroupNames.Reporting;
            await dashboard.OpenDetailsAsync(ResourceNames.Stream);
            await Expect(dashboard.Property($"{Group}: lag")).ToHaveTextAsync("0");
            await Expect(dashboard.Property($"{Group}: paused")).ToHaveCountAsync(0);

            try
            {
                await dashboard.RunCommandAsync(Group, "Pause consumer", () => dashboard.AnswerAsync("Yes"));
                await Expect(dashboard.Property($"{Group}: paused")).ToContainTextAsync("paused from the dashboard");

                await dashboard.RunCommandAsync(Group, "Resume consumer");
                await Expect(dashboard.Property($"{Group}: paused")).ToHaveCountAsync(0);
            }
            finally
            {
                await fixture.Application.CommandAsync(Group, "resume-consumer");
            }
        });

    private async Task<long> SampleCompaniesAsync()
    {
        using var client = fixture.Application.Client(ResourceNames.Organization);
        return (
            await client.GetFromJsonAsync<Page>(
                "/api/companies?search=Sample%20Motors",
                TestContext.Current.CancellationToken
            )
        )!.Total;
    }

    private sealed record Page(long Total);
}
