namespace RedisFlow.AspNetCore.Admin.Streams.Validation;

/// <summary>How many entries a page has.</summary>
internal static class Pages
{
    /// <summary>The most entries of a page, and the most letters of a redrive.</summary>
    public const int MaxLimit = 1000;

    /// <summary>The entries of a page whose request does not say how many.</summary>
    public const int DefaultLimit = 100;
}
