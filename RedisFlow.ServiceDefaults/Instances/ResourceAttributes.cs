namespace RedisFlow.ServiceDefaults.Instances;

/// <summary>
/// Reads <c>OTEL_RESOURCE_ATTRIBUTES</c>: <c>key=value</c> pairs, separated by commas, values percent-encoded
/// (OpenTelemetry specification, "Specifying resource information via an environment variable").
/// </summary>
internal static class ResourceAttributes
{
    public const string Setting = "OTEL_RESOURCE_ATTRIBUTES";
    public const string InstanceId = "service.instance.id";

    public static string? Find(string? attributes, string key)
    {
        foreach (var pair in (attributes ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (pair.Split('=', 2, StringSplitOptions.TrimEntries) is [var name, { Length: > 0 } value] && name == key)
            {
                return Uri.UnescapeDataString(value);
            }
        }

        return null;
    }
}
