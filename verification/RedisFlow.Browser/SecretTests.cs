using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Domain;
using StackExchange.Redis;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace RedisFlow.Browser;

/// <summary>What the dashboard has of secrets, and does not show to who only looks.</summary>
[Collection(ObservedSystem.Name)]
public sealed class SecretTests(DashboardFixture fixture)
{
    [Theory]
    [InlineData(ResourceNames.Redis, "redis.conf")]
    [InlineData(ResourceNames.Stream, "Dead letters")]
    [InlineData(ResourceNames.Organization, "ConnectionStrings__redis")]
    [InlineData(ResourceNames.Billing, "Admin__Key")]
    public Task Should_SendNoSecretToTheBrowser_When_DetailsAreOpened(string resource, string shown) =>
        fixture.VisitAsync(async dashboard =>
        {
            var instances = await fixture.Application.InstancesAsync(resource);
            await dashboard.OpenDetailsAsync(resource, instances.Count > 0 ? instances[0].Id : null);
            await Expect(dashboard.Page.GetByText(shown).First).ToBeAttachedAsync();
            await dashboard.UntilSettledAsync();

            await AssertNoSecretAsync(dashboard);
        });

    [Fact]
    public Task Should_SendNoSecretToTheBrowser_When_TheParametersAreListed() =>
        fixture.VisitAsync(async dashboard =>
        {
            await dashboard.OpenAsync("/?view=Parameters");
            await Expect(dashboard.Page.GetByText("admin-key").First).ToBeVisibleAsync();
            await dashboard.UntilSettledAsync();

            await AssertNoSecretAsync(dashboard);
        });

    private async Task AssertNoSecretAsync(Dashboard dashboard)
    {
        var connection = await fixture.Application.Application.GetConnectionStringAsync(
            ResourceNames.Redis,
            TestContext.Current.CancellationToken
        );
        var password = ConfigurationOptions.Parse(connection!, ignoreUnknown: true).Password;
        var parameter = fixture
            .Application.Application.Services.GetRequiredService<DistributedApplicationModel>()
            .Resources.OfType<ParameterResource>()
            .Single(candidate => candidate.Name == "admin-key");
        var key = await parameter.GetValueAsync(TestContext.Current.CancellationToken);
        Assert.True(password?.Length > 10 && key?.Length > 10, "There are secrets to look for.");

        var page = await dashboard.Page.ContentAsync();
        Assert.DoesNotContain(password, page, StringComparison.Ordinal);
        Assert.DoesNotContain(key, page, StringComparison.Ordinal);
    }
}
