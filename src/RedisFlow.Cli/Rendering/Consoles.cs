using Spectre.Console;

namespace RedisFlow.Cli.Rendering;

/// <summary>Consoles for people, or for files and pipes.</summary>
internal static class Consoles
{
    /// <summary>Wide enough that no line is ever broken: what reads a file or a pipe goes by lines.</summary>
    private const int Unbroken = 100_000;

    public static IAnsiConsole Create(TextWriter writer, bool isScreen)
    {
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(writer),
                Ansi = isScreen ? AnsiSupport.Detect : AnsiSupport.No,
                ColorSystem = isScreen ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
                Interactive = isScreen ? InteractionSupport.Detect : InteractionSupport.No,
            }
        );
        if (!isScreen)
        {
            console.Profile.Width = Unbroken;
        }

        return console;
    }
}
