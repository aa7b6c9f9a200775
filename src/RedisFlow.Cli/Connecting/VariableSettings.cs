namespace RedisFlow.Cli.Connecting;

/// <summary>Environment variables as settings: two underscores separate the parts of a name.</summary>
internal static class VariableSettings
{
    public static IEnumerable<KeyValuePair<string, string?>> From(IReadOnlyDictionary<string, string> variables) =>
        variables.Select(variable =>
            KeyValuePair.Create(variable.Key.Replace("__", ":", StringComparison.Ordinal), (string?)variable.Value)
        );
}
