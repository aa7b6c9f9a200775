using Microsoft.Extensions.Configuration;
using RedisFlow.Cli.CommandLine;
using RedisFlow.Cli.Messages;

namespace RedisFlow.Cli.Connecting;

/// <summary>
/// What the tool works with where no option says so: variables, then the section <c>RedisFlow</c> of the AppHost's
/// settings.
/// </summary>
internal sealed class ToolSettings
{
    /// <summary>The variable with the stream's name.</summary>
    public const string StreamVariable = "Streams__Name";

    /// <summary>
    /// The variable with the path of an assembly with messages; of several with __0, __1 … behind it.
    /// </summary>
    public const string MessagesVariable = "RedisFlow__Messages";

    private const string StreamKey = "RedisFlow:Stream";
    private const string GroupsKey = "RedisFlow:Groups";
    private const string MessagesKey = "RedisFlow:Messages";

    // The first is named where nothing is built: the time of a file that is not there is that of any other.
    private static readonly string[] Configurations = ["Debug", "Release"];

    private readonly IConfiguration _variables;
    private readonly Lazy<AppHostProject?> _appHost;

    public ToolSettings(Terminal terminal)
    {
        Terminal = terminal;
        _variables = new ConfigurationBuilder()
            .AddInMemoryCollection(VariableSettings.From(terminal.Variables))
            .Build();
        _appHost = new(() => AppHostProject.Find(terminal));
    }

    /// <summary>Where the tool runs.</summary>
    public Terminal Terminal { get; }

    /// <summary>The AppHost of the repository in which the tool was called; <c>null</c> outside of one.</summary>
    public AppHostProject? AppHost => _appHost.Value;

    /// <summary>The stream's name; <c>null</c> if none is set.</summary>
    public string? Stream =>
        _variables["Streams:Name"] is { Length: > 0 } name ? name
        : AppHost?.Settings[StreamKey] is { Length: > 0 } own ? own
        : null;

    /// <summary>The groups that a stream must have; empty if none are set.</summary>
    public IReadOnlyList<string> GroupsOf(string stream) =>
        Values(_variables, "Streams:Groups") is { Count: > 0 } named ? named
        : AppHost is { } appHost && appHost.Settings[StreamKey] == stream ? Values(appHost.Settings, GroupsKey)
        : [];

    /// <summary>The assemblies with messages.</summary>
    /// <param name="options">Those of the command line, which are the only ones if there are any.</param>
    public IReadOnlyList<MessageFile> Messages(IReadOnlyList<string> options)
    {
        if (options.Count > 0)
        {
            return Files(options, Terminal.Folder, "--messages", mustExist: true);
        }

        if (Values(_variables, MessagesKey) is { Count: > 0 } named)
        {
            return Files(named, Terminal.Folder, $"the variable {MessagesVariable}", mustExist: true);
        }

        // A clone that is not built yet is no mistake.
        return AppHost is { } appHost
            ? Files(
                [.. Values(appHost.Settings, MessagesKey).Select(path => LastBuild(path, appHost.Folder))],
                appHost.Folder,
                $"the AppHost's {MessagesKey}",
                mustExist: false
            )
            : [];
    }

    /// <summary>The path of what was built last, of those that <c>{configuration}</c> stands for.</summary>
    private static string LastBuild(string path, string folder) =>
        Configurations
            .Select(name => Path.GetFullPath(path.Replace("{configuration}", name, StringComparison.Ordinal), folder))
            .MaxBy(File.GetLastWriteTimeUtc)!;

    private static IReadOnlyList<MessageFile> Files(
        IReadOnlyList<string> paths,
        string folder,
        string origin,
        bool mustExist
    ) => [.. paths.Select(path => new MessageFile(Path.GetFullPath(path, folder), origin, mustExist))];

    /// <summary>One value, or several with numbers.</summary>
    private static IReadOnlyList<string> Values(IConfiguration settings, string key)
    {
        var section = settings.GetSection(key);
        return
        [
            .. new[] { section.Value }
                .Concat(section.GetChildren().Select(child => child.Value))
                .OfType<string>()
                .Where(value => value.Length > 0)
                .Distinct(StringComparer.Ordinal),
        ];
    }
}
