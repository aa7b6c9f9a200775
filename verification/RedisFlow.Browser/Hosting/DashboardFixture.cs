using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Playwright;
using Xunit;

namespace RedisFlow.Browser;

/// <summary>
/// The whole system and a browser, shared by all tests; each has a browser profile of its own, and is logged in.
/// </summary>
public sealed class DashboardFixture : IAsyncLifetime
{
    // Only what fails takes this long.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public DashboardApplication Application { get; } = new();

    public async ValueTask InitializeAsync()
    {
        // First: that there is no browser is known at once.
        var program = Chromium.Find();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = program, Args = Chromium.Arguments }
        );
        Assertions.SetDefaultExpectTimeout((float)Patience.TotalMilliseconds);
        await Application.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Application.DisposeAsync();
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    /// <summary>
    /// Logs in and does what the test does in the dashboard. If that fails, the page is kept: its picture, HTML and
    /// console.
    /// </summary>
    public async Task VisitAsync(Func<Dashboard, Task> visit, [CallerMemberName] string test = "")
    {
        ArgumentNullException.ThrowIfNull(visit);
        await using var context = await _browser!.NewContextAsync(
            new()
            {
                ViewportSize = new() { Width = 1600, Height = 900 },
                Locale = "en-US",
                TimezoneId = "UTC",
                ColorScheme = ColorScheme.Light,
                ReducedMotion = ReducedMotion.Reduce,
            }
        );
        context.SetDefaultTimeout((float)Patience.TotalMilliseconds);
        var page = await context.NewPageAsync();
        var console = new ConcurrentQueue<string>();
        page.Console += (_, message) => console.Enqueue($"{message.Type}: {message.Text}");
        page.PageError += (_, error) => console.Enqueue($"uncaught: {error}");
        var dashboard = new Dashboard(page, Application.Dashboard);
        try
        {
            await dashboard.OpenAsync(Application.Login.PathAndQuery);
            await visit(dashboard);
        }
        catch (Exception)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(await Screenshots.KeepAsync(page, test, console));
            throw;
        }
    }
}

/// <summary>One system and one browser for all tests.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ObservedSystem : ICollectionFixture<DashboardFixture>
{
    public const string Name = "The dashboard";
}
