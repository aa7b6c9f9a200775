using System.Xml.Linq;
using Microsoft.Extensions.Configuration;
using RedisFlow.Cli.CommandLine;

namespace RedisFlow.Cli.Connecting;

/// <summary>The AppHost of the repository in which the tool was called, and its settings.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="Settings">Its settings: files, user secrets, and variables above them.</param>
internal sealed record AppHostProject(string Folder, IConfiguration Settings)
{
    /// <summary>What folders are looked for, for people.</summary>
    public const string Pattern = "*.AppHost";

    /// <summary>
    /// Looks for it in the current folder and those above: a folder <c>Shop.AppHost</c> with
    /// <c>Shop.AppHost.csproj</c>. A folder that everybody may write to, as <c>/tmp</c>, holds no repository: the
    /// settings name an assembly, whose code runs here.
    /// </summary>
    public static AppHostProject? Find(Terminal terminal)
    {
        for (var above = new DirectoryInfo(terminal.Folder); above is not null; above = above.Parent)
        {
            if (!IsShared(above) && ProjectsIn(above).Order(StringComparer.Ordinal).FirstOrDefault() is { } project)
            {
                return new AppHostProject(Path.GetDirectoryName(project)!, Read(project, terminal));
            }
        }

        return null;
    }

    private static bool IsShared(DirectoryInfo folder) =>
        !OperatingSystem.IsWindows() && folder.UnixFileMode.HasFlag(UnixFileMode.OtherWrite);

    private static IEnumerable<string> ProjectsIn(DirectoryInfo above) =>
        Directory
            .EnumerateDirectories(above.FullName, Pattern, new EnumerationOptions { IgnoreInaccessible = true })
            .Select(folder => Path.Combine(folder, $"{Path.GetFileName(folder)}.csproj"))
            .Where(File.Exists);

    private static IConfiguration Read(string project, Terminal terminal)
    {
        var folder = Path.GetDirectoryName(project)!;
        var builder = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(folder, "appsettings.json"), optional: true)
            .AddJsonFile(Path.Combine(folder, "appsettings.Development.json"), optional: true);
        if (UserSecrets(project, terminal) is { } secrets)
        {
            builder.AddJsonFile(secrets, optional: true);
        }

        return builder.AddInMemoryCollection(VariableSettings.From(terminal.Variables)).Build();
    }

    private static string? UserSecrets(string project, Terminal terminal)
    {
        var id = XDocument.Load(project).Descendants("UserSecretsId").FirstOrDefault()?.Value;
        return id is null ? null
            : terminal.Variables.TryGetValue("APPDATA", out var roaming)
                ? Path.Combine(roaming, "Microsoft", "UserSecrets", id, "secrets.json")
            : terminal.Variables.TryGetValue("HOME", out var home)
                ? Path.Combine(home, ".microsoft", "usersecrets", id, "secrets.json")
            : null;
    }
}
