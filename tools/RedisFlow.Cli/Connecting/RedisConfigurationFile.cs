namespace RedisFlow.Cli.Connecting;

/// <summary>Reads port and password from a <c>redis.conf</c>.</summary>
internal static class RedisConfigurationFile
{
    public static (string? Port, string? Password) Read(string path)
    {
        string? port = null;
        string? password = null;
        foreach (var line in File.ReadLines(path))
        {
            var words = line.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            switch (words)
            {
                case ["port", var value]:
                    port = value;
                    break;
                case ["requirepass", var value]:
                    password = value.Trim('"');
                    break;
            }
        }

        return (port, password);
    }
}
