using System.CommandLine;
using RedisFlow.Cli.Connecting;

namespace RedisFlow.Cli.CommandLine;

/// <summary>The options that every command has.</summary>
internal static class CommonOptions
{
    public static Option<string?> Redis { get; } =
        new("--redis")
        {
            Description =
                "Redis: host:port,password=… or redis://:password@host:port. Default: the variable "
                + "ConnectionStrings__redis, then the settings of the AppHost in this folder or above. A password "
                + "on a command line is visible to other users; the variable is not.",
            HelpName = "connection",
            Recursive = true,
        };

    public static Option<string[]> Stream { get; } =
        new("--stream")
        {
            Description =
                "The stream's name; watch, groups and doctor take several. Default: the variable "
                + $"{ToolSettings.StreamVariable}, then RedisFlow:Stream of the AppHost's settings, then the only "
                + "stream of the server.",
            HelpName = "name",
            Recursive = true,
        };

    public static Option<string[]> Messages { get; } =
        new("--messages")
        {
            Description =
                "An assembly with generated messages, whose payloads then are shown as JSON and can be published; may "
                + $"be given several times. Default: the variable {ToolSettings.MessagesVariable}, then "
                + "RedisFlow:Messages of the AppHost's settings.",
            HelpName = "assembly.dll",
            Recursive = true,
        };

    public static Option<bool> Json { get; } =
        new("--json")
        {
            Description = "One JSON document on standard output; watch and tail write one object per line.",
            Recursive = true,
        };

    public static DurationOption ConnectTimeout { get; } =
        new DurationOption("--connect-timeout", TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(100))
        {
            Description = "How long to try to connect. Default: 5s.",
            Recursive = true,
        };

    public static IReadOnlyList<Option> All { get; } = [Redis, Stream, Messages, Json, ConnectTimeout];

    /// <summary>For commands that ask first: do not ask.</summary>
    public static Option<bool> NewYes() =>
        new("--yes") { Description = "Do not ask. Required in scripts, where nothing can answer." };
}
