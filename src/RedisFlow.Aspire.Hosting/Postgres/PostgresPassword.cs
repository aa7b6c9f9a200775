using System.Data.Common;

namespace RedisFlow.Aspire.Hosting;

/// <summary>Which passwords PostgreSQL's clients can send.</summary>
internal static class PostgresPassword
{
    /// <summary>
    /// Finds what a connection string cannot carry: Aspire's resource writes the password without quotes.
    /// </summary>
    public static string? FindFault(string password) =>
        IsCarried(password)
            ? null
            : "has a semicolon or a control character, or begins or ends with white space, a quote or an equals sign, "
                + "which a connection string cannot carry";

    private static bool IsCarried(string password)
    {
        try
        {
            var read = new DbConnectionStringBuilder { ConnectionString = $"Password={password}" };
            return read.Count == 1 && read.TryGetValue("Password", out var value) && password.Equals(value);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
