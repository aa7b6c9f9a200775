namespace RedisFlow.AspNetCore.Instances;

/// <summary>
/// Reads <c>OTEL_RESOURCE_ATTRIBUTES</c>: <c>key=value</c> pairs, separated by commas, values percent-encoded
/// (OpenTelemetry specification, "Specifying resource information via an environment variable").
/// </summary>
public static class ResourceAttributes
{
    /// <summary>The environment variable.</summary>
    public const string Setting = "OTEL_RESOURCE_ATTRIBUTES";

    /// <summary>The attribute with the id of the instance.</summary>
    public const string InstanceId = "service.instance.id";

    /// <summary>Returns the value of an attribute; <c>null</c> if it is not there.</summary>
    /// <param name="attributes">The variable's value.</param>
    /// <param name="key">The attribute.</param>
    public static string? Find(string? attributes, string key)
    {
        foreach (
            var pair in (attributes ?? "").Split(
                ',',
                StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
            )
        )
        {
            if (pair.Split('=', 2, StringSplitOptions.TrimEntries) is [var name, { Length: > 0 } value] && name == key)
            {
                return Uri.UnescapeDataString(value);
            }
        }

        return null;
    }
}
