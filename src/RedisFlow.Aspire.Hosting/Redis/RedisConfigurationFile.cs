using System.Globalization;
using System.Text;

namespace RedisFlow.Aspire.Hosting;

/// <summary>
/// Writes the server's configuration file. The password goes here and not on the command line, which every user of the
/// machine can read; only the owner may read the file. With the port in it, it is also where the command line tool
/// finds the server.
/// </summary>
internal static class RedisConfigurationFile
{
    public static async Task WriteAsync(RedisServerResource server, CancellationToken cancellationToken)
    {
        var parameter = server.PasswordParameter;
        var password =
            await parameter.GetValueAsync(cancellationToken)
            ?? throw new DistributedApplicationException($"The parameter {parameter.Name} has no value.");

        var text = new StringBuilder()
            .AppendLine("# Written by the AppHost before each start of the server.")
            .AppendLine("bind 127.0.0.1")
            .AppendLine(CultureInfo.InvariantCulture, $"port {server.Port}")
            .AppendLine("protected-mode yes")
            .AppendLine("daemonize no")
            .AppendLine($"dir {Quote(server.DataDirectory)}")
            .AppendLine($"requirepass {Quote(password)}")
            .AppendLine("save 60 1");
        foreach (var (name, value) in RedisDurability.Settings)
        {
            text.AppendLine($"{name} {value}");
        }

        Directory.CreateDirectory(server.DataDirectory);
        await using var file = new FileStream(server.ConfigurationFile, OwnerOnly());
        await file.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellationToken);
    }

    // As the server's sdssplitargs() reads it; without quotes, a space would end the value and a quote would be an
    // error.
    private static string Quote(string value) => $"\"{string.Concat(value.Select(Escape))}\"";

    private static string Escape(char character) =>
        character switch
        {
            '"' or '\\' => $"\\{character}",
            < ' ' => string.Create(CultureInfo.InvariantCulture, $"\\x{(int)character:x2}"),
            _ => character.ToString(),
        };

    private static FileStreamOptions OwnerOnly()
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }
}
