namespace RedisFlow.Aspire.Hosting;

/// <summary>Which passwords Redis's clients can send.</summary>
internal static class RedisPassword
{
    /// <summary>
    /// Finds what cannot be quoted: StackExchange.Redis splits a connection string at each comma and trims the values,
    /// and an environment variable ends at a null character.
    /// </summary>
    public static string? FindFault(string password) =>
        password switch
        {
            _ when password.Contains(',', StringComparison.Ordinal) =>
                "has a comma, which a connection string cannot carry",
            _ when password.Trim() != password =>
                "begins or ends with white space, which a connection string cannot carry",
            _ when password.Contains('\0', StringComparison.Ordinal) =>
                "has a null character, which an environment variable cannot carry",
            _ => null,
        };
}
