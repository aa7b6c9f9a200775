namespace Aspire.Hosting.ApplicationModel;

/// <summary>How names of the application model compare.</summary>
internal static class ResourceNames
{
    public static bool IsSameResource(string? left, string? right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    public static bool IsSameState(string? left, string? right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    public static bool IsSameProperty(string? left, string? right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    public static bool IsSameCommand(string? left, string? right) => string.Equals(left, right, StringComparison.Ordinal);
}
