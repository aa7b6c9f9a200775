using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using RedisFlow.Domain;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace RedisFlow.Browser;

/// <summary>The trace of one change: from the request over the message to the services that consume it.</summary>
[Collection(ObservedSystem.Name)]
public sealed class TraceTests(DashboardFixture fixture)
{
    private const string Request = "PUT /api/companies/{id}";
    private const string Sent = $"send {StreamNames.CacheInvalidation}";
    private const string Processed = $"process {StreamNames.CacheInvalidation}";

    [Fact]
    public Task Should_ShowAProcessSpanOfEachConsumer_When_ACompanyIsChanged() =>
        fixture.VisitAsync(async dashboard =>
        {
            var (id, _) = await fixture.Application.Organization.CreateCompanyAsync("Traced Motors");
            for (var i = 1; i <= 5; i++)
            {
                // The first ones are slow, which is nothing for a picture.
                await fixture.Application.Organization.RenameCompanyAsync(id, $"Traced Motors {i}");
            }

            await OpenChangeAsync(dashboard, id);
            await Expect(dashboard.Rows.Nth(0)).ToContainTextAsync(Request);
            await Expect(Span(dashboard, ResourceNames.Organization, Sent)).ToHaveCountAsync(1);
            foreach (var consumer in ResourceNames.Consumers)
            {
                await Expect(Span(dashboard, consumer, Processed)).ToHaveCountAsync(1);
            }

            await Screenshots.TakeAsync(dashboard, "dashboard-trace", 1280, 560);

            // They are below the message: with it folded, they are out of sight.
            var toggle = Span(dashboard, ResourceNames.Organization, Sent).GetByLabel("Toggle nesting");
            await dashboard.ClickAsync(toggle);
            await Expect(Span(dashboard, ResourceNames.Organization, Sent)).ToHaveCountAsync(1);
            foreach (var consumer in ResourceNames.Consumers)
            {
                await Expect(dashboard.Rows.Filter(new() { HasText = $"{consumer}" })).ToHaveCountAsync(0);
            }
        });

    [Fact]
    public Task Should_LeadFromAHandlerToItsMessageAndBackToAllHandlers_When_SpansAreOpened() =>
        fixture.VisitAsync(async dashboard =>
        {
            var (id, _) = await fixture.Application.Organization.CreateCompanyAsync("Linked Motors");
            await OpenChangeAsync(dashboard, id);

            await dashboard.ClickAsync(
                Span(dashboard, ResourceNames.Billing, Processed).GetByRole(AriaRole.Gridcell).First
            );
            await ExpectDetailsAsync(ResourceNames.Billing, Processed);
            var message = Span(Links("Links"), ResourceNames.Organization, Sent);
            await Expect(message).ToHaveCountAsync(1);
            await dashboard.ClickAsync(message.Locator("fluent-button").First);

            await ExpectDetailsAsync(ResourceNames.Organization, Sent);
            foreach (var consumer in ResourceNames.Consumers)
            {
                await Expect(Span(Links("Backlinks"), consumer, Processed)).ToHaveCountAsync(1);
            }

            // The part of the details with that title. Its content is slotted, so that it is not below the region of
            // that name.
            ILocator Links(string name) =>
                dashboard
                    .Page.Locator("fluent-accordion-item")
                    .Filter(
                        new()
                        {
                            Has = dashboard
                                .Page.Locator("[slot=heading]")
                                .Filter(new() { HasTextRegex = new Regex($"^\\s*{name}\\s*$") }),
                        }
                    );

            Task ExpectDetailsAsync(string service, string operation) =>
                Expect(
                        dashboard.Page.GetByRole(
                            AriaRole.Heading,
                            new() { NameRegex = new Regex($"^{service}: .*{Regex.Escape(operation)} ") }
                        )
                    )
                    .ToBeVisibleAsync();
        });

    [Fact]
    public Task Should_ShowALineOfEachHandlerWithThePositionAndTheTrace_When_ACompanyIsChanged() =>
        fixture.VisitAsync(async dashboard =>
        {
            var (id, _) = await fixture.Application.Organization.CreateCompanyAsync("Logged Motors");
            var (trace, position) = await ChangeAsync(id);
            await dashboard.OpenAsync("/structuredlogs");
            await dashboard.Page.GetByRole(AriaRole.Searchbox).FillAsync(position);

            await Expect(dashboard.Rows).ToHaveCountAsync(3);
            foreach (var consumer in ResourceNames.Consumers)
            {
                var line = dashboard.Rows.Filter(
                    new() { HasText = $"Group {consumer}: {position} (company/{id}) is handled." }
                );
                await Expect(line).ToHaveCountAsync(1);
                await Expect(line.GetByRole(AriaRole.Link))
                    .ToHaveAttributeAsync("href", new Regex($"/traces/detail/{trace}"));
            }
        });

    private static ILocator Span(Dashboard dashboard, string service, string operation) =>
        Span(dashboard.Main, service, operation);

    // A row's name begins with the service, or the replica; in the trace it ends with its duration, in a list of links
    // with its id.
    private static ILocator Span(ILocator table, string service, string operation) =>
        table.GetByRole(
            AriaRole.Row,
            new() { NameRegex = new Regex($"^{service}(-[a-z]+)?: .*{Regex.Escape(operation)} ") }
        );

    /// <summary>Changes a company, finds the trace of that, and waits until it is complete.</summary>
    private async Task OpenChangeAsync(Dashboard dashboard, long company)
    {
        var (trace, _) = await ChangeAsync(company);
        await dashboard.OpenAsync("/traces");
        await dashboard.Page.GetByRole(AriaRole.Searchbox).FillAsync(Request);
        var found = dashboard.Rows.Filter(new() { Has = dashboard.Page.GetByLabel($"Trace Id: {trace}") });
        await Expect(found).ToContainTextAsync($"{ResourceNames.Organization}: {Request}");
        await dashboard.ClickAsync(found.GetByText($"{ResourceNames.Organization}: {Request}"));
        await Expect(dashboard.Page).ToHaveURLAsync(new Regex($"/traces/detail/{trace}"));

        // They come from four services, each in its own time, with spans of Redis between them.
        await Expect(Span(dashboard, ResourceNames.Organization, Sent)).ToHaveCountAsync(1);
        foreach (var consumer in ResourceNames.Consumers)
        {
            await Expect(Span(dashboard, consumer, Processed)).ToHaveCountAsync(1);
        }
    }

    // The caller's side of the trace makes it known by its id.
    private async Task<(ActivityTraceId Trace, string Position)> ChangeAsync(long company)
    {
        var trace = ActivityTraceId.CreateRandom();
        using var client = fixture.Application.Client(ResourceNames.Organization);
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/companies/{company}")
        {
            Content = JsonContent.Create(new { name = "Traced Group" }),
        };
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
        return (trace, Assert.Single(response.Headers.GetValues("RedisFlow-Position")));
    }
}
