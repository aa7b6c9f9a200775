using System.Text.RegularExpressions;
using RedisFlow.Domain;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace RedisFlow.Browser;

/// <summary>
/// What the stream's details show while a worker is stopped, each change without a reload of the page.
/// </summary>
[Collection(ObservedSystem.Name)]
public sealed class StreamDetailsTests(DashboardFixture fixture)
{
    private const string Group = GroupNames.Billing;

    [Fact]
    public Task Should_ShowWhatIsPendingAndWhatWaits_When_AWorkerIsStoppedFromTheList() =>
        fixture.VisitAsync(async dashboard =>
        {
            var application = fixture.Application;
            await dashboard.OpenDetailsAsync(ResourceNames.Stream);
            await UntilShownAsync("pending", "0");
            await UntilShownAsync("lag", "0");
            await UntilShownAsync("oldest pending", "none");

            try
            {
                await using (await application.Stream.HoldAsync(Group))
                {
                    // Three that the worker has begun, and cannot finish before it is stopped.
                    var (id, _) = await application.Organization.CreateCompanyAsync("Stopped Motors");
                    await application.Organization.RenameCompanyAsync(id, "Stopped Motors 2");
                    await application.Organization.RenameCompanyAsync(id, "Stopped Motors 3");
                    await UntilShownAsync("pending", "3");

                    await dashboard.PressAsync(ResourceNames.Billing, "Stop");
                    await Expect(dashboard.Resource(ResourceNames.Billing))
                        .ToContainTextAsync(new Regex("Finished|Exited"));

                    // And four that no consumer has received.
                    for (var i = 4; i <= 7; i++)
                    {
                        await application.Organization.RenameCompanyAsync(id, $"Stopped Motors {i}");
                    }

                    await UntilShownAsync("lag", "4");
                    await UntilShownAsync("pending", "3");
                    await UntilShownAsync("oldest pending", new Regex(@"^\s*00:\d\d:\d\d\s*$"));

                    // The others have everything.
                    foreach (var other in GroupNames.All.Where(name => name != Group))
                    {
                        await Expect(dashboard.Property($"{other}: lag")).ToHaveTextAsync("0");
                        await Expect(dashboard.Property($"{other}: pending")).ToHaveTextAsync("0");
                    }

                    await Screenshots.TakeAsync(dashboard, "dashboard-stream", 1600, 1000);
                }

                await dashboard.PressAsync(ResourceNames.Billing, "Start");
                await Expect(Dashboard.Cell(dashboard.Resource(ResourceNames.Billing), "Running")).ToBeVisibleAsync();
                await UntilShownAsync("pending", "0");
                await UntilShownAsync("lag", "0");
                await UntilShownAsync("oldest pending", "none");
            }
            finally
            {
                await application.EnsureRunningAsync(ResourceNames.Billing);
            }

            Task UntilShownAsync(string property, object value) =>
                value is Regex pattern
                    ? Expect(dashboard.Property($"{Group}: {property}")).ToHaveTextAsync(pattern)
                    : Expect(dashboard.Property($"{Group}: {property}")).ToHaveTextAsync((string)value);
        });
}
