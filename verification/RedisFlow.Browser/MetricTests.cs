using System.Text.RegularExpressions;
using Microsoft.Playwright;
using RedisFlow.Domain;
using RedisFlow.Integration;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace RedisFlow.Browser;

/// <summary>What the dashboard shows of the engine's and the cache's metrics.</summary>
[Collection(ObservedSystem.Name)]
public sealed class MetricTests(DashboardFixture fixture)
{
    [Theory]
    [InlineData("redisflow.stream.lag")]
    [InlineData("redisflow.stream.pending")]
    public Task Should_ShowEachGroup_When_AMetricOfTheStreamIsOpened(string instrument) =>
        fixture.VisitAsync(async dashboard =>
        {
            await OpenAsync(dashboard, "RedisFlow.Streams", instrument);

            var groups = Dimension(dashboard, "messaging.consumer.group.name");
            foreach (var consumer in ResourceNames.Consumers)
            {
                await Expect(Value(groups, consumer)).ToHaveCountAsync(1);
            }

            await Expect(Value(Dimension(dashboard, "messaging.destination.name"), StreamNames.CacheInvalidation))
                .ToHaveCountAsync(1);
        });

    [Fact]
    public Task Should_ShowLevelAndPolicy_When_TheCachesHitsAreOpened() =>
        fixture.VisitAsync(async dashboard =>
        {
            var (id, _) = await fixture.Application.Organization.CreateCompanyAsync("Measured Motors");
            using var reporting = fixture.Application.Client(ResourceNames.Reporting);
            await Deadline.UntilAsync(
                async () =>
                {
                    using var answer = await reporting.GetAsync(
                        $"/api/reports/companies/{id}",
                        TestContext.Current.CancellationToken
                    );
                    return answer.Headers.TryGetValues("X-Cache", out var values) ? values.Single() : "";
                },
                level => level == "L1",
                "the report is answered from memory"
            );

            await OpenAsync(dashboard, "RedisFlow.Caching", "redisflow.cache.hits");

            await Expect(Value(Dimension(dashboard, "cache.level"), "L1")).ToHaveCountAsync(1);
            await Expect(Dimension(dashboard, "cache.policy")).ToHaveCountAsync(1);
        });

    private static async Task OpenAsync(Dashboard dashboard, string meter, string instrument)
    {
        await dashboard.OpenAsync($"/metrics/resource/{ResourceNames.Reporting}?meter={meter}&instrument={instrument}");
        await Expect(dashboard.Page.GetByRole(AriaRole.Heading, new() { Name = instrument, Exact = true }))
            .ToBeVisibleAsync();
    }

    private static ILocator Dimension(Dashboard dashboard, string name) =>
        dashboard.Page.GetByRole(AriaRole.Row, new() { NameRegex = new Regex($"^{Regex.Escape(name)} ") });

    private static ILocator Value(ILocator dimension, string name) =>
        dimension.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
}
