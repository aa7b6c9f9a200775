using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration.UserSecrets;

namespace Aspire.Hosting;

/// <summary>Keeps generated secrets for the next run, outside the repository.</summary>
public interface IUserSecretsManager
{
    bool IsAvailable { get; }

    string FilePath { get; }

    bool TrySetSecret(string name, string value);

    bool TryDeleteSecret(string name);

    void GetOrSetSecret(IConfigurationManager configuration, string name, Func<string> valueGenerator);
}

internal sealed class UserSecretsManager(string? userSecretsId) : IUserSecretsManager
{
    private static readonly Lock FileLock = new();
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public bool IsAvailable => userSecretsId is not null;

    public string FilePath { get; } = userSecretsId is null ? "" : PathHelper.GetSecretsPathFromSecretsId(userSecretsId);

    public bool TrySetSecret(string name, string value) => TryChange(secrets => secrets[name] = value);

    public bool TryDeleteSecret(string name) => TryChange(secrets => secrets.Remove(name));

    public void GetOrSetSecret(IConfigurationManager configuration, string name, Func<string> valueGenerator)
    {
        lock (FileLock)
        {
            if (!string.IsNullOrEmpty(configuration[name]))
            {
                return;
            }

            // Another application of this process may have stored it after this configuration was read.
            var value = IsAvailable && Read()[name]?.ToString() is { } stored ? stored : valueGenerator();
            configuration.AddInMemoryCollection([new(name, value)]);
            TrySetSecret(name, value);
        }
    }

    private bool TryChange(Action<JsonObject> change)
    {
        if (!IsAvailable)
        {
            return false;
        }

        try
        {
            lock (FileLock)
            {
                var secrets = Read();
                change(secrets);
                Write(secrets);
            }

            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return false;
        }
    }

    private JsonObject Read() => File.Exists(FilePath) ? JsonNode.Parse(File.ReadAllText(FilePath))?.AsObject() ?? [] : [];

    private void Write(JsonObject secrets)
    {
        var directory = Path.GetDirectoryName(FilePath)!;
        Directory.CreateDirectory(directory);
        var temporary = Path.Combine(directory, Path.GetRandomFileName());
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var writer = new StreamWriter(temporary, options))
        {
            writer.Write(secrets.ToJsonString(Indented));
        }

        File.Move(temporary, FilePath, overwrite: true);
    }
}
