using Microsoft.Playwright;
using RedisFlow.Testing;

namespace RedisFlow.Browser;

/// <summary>
/// Pictures in <c>artifacts/browser</c>: of the views that the README shows, and of pages on which a test failed. With
/// <c>UPDATE_SCREENSHOTS=1</c> in the environment, the former are copied to <c>docs/images</c>, too.
/// </summary>
internal static class Screenshots
{
    // Where the server's data is on this machine, which the list shows beside the program, is of no interest to others.
    private const string Style = ".subtext { display: none }";

    private static readonly string Folder = Directory
        .CreateDirectory(RepositoryFolder.PathOf("artifacts", "browser"))
        .FullName;

    /// <summary>Whether the README's pictures are taken again.</summary>
    public static bool AreUpdated { get; } = Environment.GetEnvironmentVariable("UPDATE_SCREENSHOTS") is "1" or "true";

    /// <summary>Takes a picture for the README, of a window of this size in pixels.</summary>
    /// <param name="dashboard">The dashboard, on the page to be shown; its window stays as large.</param>
    /// <param name="name">The file's name, without its ending.</param>
    /// <param name="width">The window's width.</param>
    /// <param name="height">The window's height.</param>
    public static async Task TakeAsync(Dashboard dashboard, string name, int width, int height)
    {
        var page = dashboard.Page;
        await page.SetViewportSizeAsync(width, height);

        // Neither a hovered row nor a focused field.
        await page.Mouse.MoveAsync(0, 0);
        await page.EvaluateAsync("document.activeElement?.blur()");
        await dashboard.UntilSettledAsync();
        var path = Path.Combine(Folder, $"{name}.png");
        await page.ScreenshotAsync(
            new()
            {
                Path = path,
                Animations = ScreenshotAnimations.Disabled,
                Caret = ScreenshotCaret.Hide,
                Style = Style,
            }
        );
        if (AreUpdated)
        {
            File.Copy(path, RepositoryFolder.PathOf("docs", "images", $"{name}.png"), overwrite: true);
        }
    }

    /// <summary>Keeps what a failed test saw: the picture, the page's HTML and its console.</summary>
    /// <returns>What was kept, or why nothing was.</returns>
    public static async Task<string> KeepAsync(IPage page, string test, IEnumerable<string> console)
    {
        var path = Path.Combine(Folder, $"failed-{test}");
        try
        {
            await page.ScreenshotAsync(new() { Path = $"{path}.png" });
            await File.WriteAllTextAsync($"{path}.html", await page.ContentAsync());
            await File.WriteAllLinesAsync($"{path}.log", console);
            return $"The page is kept in {path}.png, .html and .log";
        }
        catch (PlaywrightException exception)
        {
            // What the test failed of is more important.
            return $"The page could not be kept: {exception.Message}";
        }
    }
}
