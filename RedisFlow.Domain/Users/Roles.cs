namespace RedisFlow.Domain;

/// <summary>The roles that a user can have.</summary>
public static class Roles
{
    /// <summary>May read companies, dealerships and what is derived from them.</summary>
    public const string Viewer = "viewer";

    /// <summary>May preview invoices.</summary>
    public const string BillingRead = "billing.read";

    /// <summary>May do everything.</summary>
    public const string Admin = "admin";

    /// <summary>Every known role, in ordinal order.</summary>
    public static IReadOnlyList<string> All { get; } = [Admin, BillingRead, Viewer];

    /// <summary>Whether <paramref name="role"/> is one of <see cref="All"/>; roles are case-sensitive.</summary>
    public static bool IsKnown(string? role) => role is Viewer or BillingRead or Admin;

    /// <summary>Whether a user with these roles may preview invoices.</summary>
    public static bool MayPreviewInvoices(IEnumerable<string> roles) => roles.Any(role => role is BillingRead or Admin);
}
