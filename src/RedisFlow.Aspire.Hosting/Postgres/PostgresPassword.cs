using System.Data.Common;

namespace RedisFlow.Aspire.Hosting;

/// <summary>Which passwords PostgreSQL's clients can send.</summary>
internal static class PostgresPassword
{
    /// <summary>
    /// Finds what a connection string without quotes cannot carry, which is how Aspire's resource writes it, and what
    /// initdb does not read: it takes one line.
    /// </summary>
    public static string? FindFault(string password) =>
        !password.Any(char.IsControl) && IsCarried(password)
            ? null
            : "has a semicolon or a control character, or begins or ends with white space, a quote or an equals sign, "
                + "which would not reach the server as it is";

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
