using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace RedisFlow.Browser;

/// <summary>
/// The dashboard as a logged-in user uses it. Everything is found by its role and by what it says, and each wait has
/// the deadline of the fixture.
/// </summary>
public sealed class Dashboard(IPage page, Uri address)
{
    private const int Attempts = 3;

    private readonly Conversation _conversation = new(page);
    private string _path = "/";

    /// <summary>The page that is open.</summary>
    public IPage Page { get; } = page;

    /// <summary>What a page shows below the head that all have. The dashboard nests a second one in it.</summary>
    public ILocator Main => Page.GetByRole(AriaRole.Main).First;

    /// <summary>The table's rows, without its head.</summary>
    public ILocator Rows => Page.GetByRole(AriaRole.Row).Filter(new() { Has = Page.GetByRole(AriaRole.Gridcell) });

    /// <summary>Opens one of the dashboard's pages.</summary>
    /// <param name="path">Its path, e.g. <c>/traces</c>.</param>
    public async Task OpenAsync(string path)
    {
        _path = path;
        await Page.GotoAsync(new Uri(address, path).ToString());
        await Expect(Main).ToBeVisibleAsync();
    }

    /// <summary>Waits until the page has come to rest: until nothing is drawn or asked for any more.</summary>
    public Task UntilSettledAsync() => _conversation.UntilSettledAsync();

    /// <summary>Clicks once the page has come to rest.</summary>
    public async Task ClickAsync(ILocator target)
    {
        ArgumentNullException.ThrowIfNull(target);
        await Expect(target).ToBeVisibleAsync();
        await UntilSettledAsync();
        await target.ClickAsync();
    }

    /// <summary>
    /// The rows of a resource in the list: one for each replica. A row's name begins with the resource's type and name.
    /// </summary>
    public ILocator Resource(string name) =>
        Page.GetByRole(AriaRole.Row, new() { NameRegex = new Regex($"^[A-Za-z]+: {name}(-[a-z]+)? ") });

    /// <summary>The cell in a resource's row that says exactly this.</summary>
    public static ILocator Cell(ILocator row, string text)
    {
        ArgumentNullException.ThrowIfNull(row);
        return row.GetByRole(AriaRole.Gridcell, new() { Name = text, Exact = true });
    }

    /// <summary>Opens the details of a resource beside the list.</summary>
    /// <param name="resource">Its name.</param>
    /// <param name="id">The id of its instance; <c>null</c> for a resource that is no program.</param>
    public async Task OpenDetailsAsync(string resource, string? id = null)
    {
        await OpenAsync($"/?resource={id ?? resource}");
        await Expect(Page.GetByRole(AriaRole.Heading, new() { NameRegex = new Regex($": {resource}$") }))
            .ToBeVisibleAsync();
    }

    /// <summary>The value of a property in the open details.</summary>
    public ILocator Property(string name) =>
        Page.GetByRole(AriaRole.Row, new() { NameRegex = new Regex($"^{Regex.Escape(name)} ") })
            .GetByRole(AriaRole.Gridcell)
            .Nth(1);

    /// <summary>
    /// Gets the dialog in which a command asks for its argument, or for a confirmation. What is in it is slotted.
    /// </summary>
    public ILocator Dialog => Page.Locator("fluent-dialog");

    /// <summary>
    /// Runs a command of a resource from its menu, and waits until the dashboard says that it succeeded.
    /// </summary>
    /// <param name="resource">The resource.</param>
    /// <param name="command">The command's title.</param>
    /// <param name="answers">Answers what the dashboard asks for; <c>null</c> where it asks for nothing.</param>
    public async Task RunCommandAsync(string resource, string command, Func<Task>? answers = null)
    {
        await OpenMenuAsync(resource);

        // Where there are many, the commands have a menu of their own.
        if (await Item("Commands").IsVisibleAsync())
        {
            await UntilSettledAsync();
            await Item("Commands").HoverAsync();
        }

        await ClickAsync(Item(command));
        if (answers is not null)
        {
            await answers();
        }

        await UntilSucceededAsync(resource, command);
    }

    /// <summary>Presses a button of the open dialog. The dashboard gives these no role.</summary>
    public Task AnswerAsync(string button) =>
        ClickAsync(Dialog.Locator("fluent-button").Filter(new() { HasTextRegex = new Regex($"^\\s*{button}\\s*$") }));

    /// <summary>
    /// Presses a button of the resource's row and waits until the dashboard says that its command succeeded.
    /// </summary>
    public async Task PressAsync(string resource, string command)
    {
        await ClickAsync(
            Resource(resource).GetByRole(AriaRole.Button, new() { NameRegex = new Regex($"^{command}\\b") })
        );
        await UntilSucceededAsync(resource, command);
    }

    private async Task UntilSucceededAsync(string resource, string command)
    {
        // Toasts have no role. What has succeeded or failed goes away by itself, before it could be taken for the next
        // command's.
        var toast = Toasts.Filter(
            new() { HasTextRegex = new Regex($"{resource} \"{command}[^\"]*\" (succeeded|failed)") }
        );
        await Expect(toast).ToContainTextAsync("succeeded");
        await Expect(toast).ToHaveCountAsync(0);
    }

    private ILocator Toasts => Page.Locator("fluent-toast-b");

    private ILocator Item(string name) => Page.GetByRole(AriaRole.Menuitem, new() { Name = name, Exact = true });

    // A menu of the dashboard calls its script before it has loaded it, if the list is redrawn in the moment in which
    // it is opened for the first time (FluentMenu.OnAfterRenderAsync: "Value cannot be null. (Parameter
    // 'jsObjectReference')"). That ends the connection before any command was chosen, and one does as the page says:
    // reload, and open the menu again.
    private async Task OpenMenuAsync(string resource)
    {
        var broken = Page.GetByText("An unhandled error has occurred.");
        for (var attempt = 1; ; attempt++)
        {
            await ClickAsync(Resource(resource).GetByRole(AriaRole.Button, new() { Name = "Actions", Exact = true }));
            await Expect(Item("View details").Or(broken).First).ToBeVisibleAsync();
            await UntilSettledAsync();
            if (!await broken.IsVisibleAsync())
            {
                return;
            }

            Assert.True(
                attempt < Attempts,
                $"The dashboard broke at each of {attempt} attempts to open the menu of {resource}."
            );
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"The dashboard broke when the menu of {resource} was opened; its page is loaded again."
            );
            await OpenAsync(_path);
        }
    }
}
