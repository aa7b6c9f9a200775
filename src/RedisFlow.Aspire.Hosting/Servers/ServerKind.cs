namespace RedisFlow.Aspire.Hosting;

/// <summary>What messages say of a kind of server.</summary>
/// <param name="Product">Its name.</param>
/// <param name="Port">The port that its examples have.</param>
/// <param name="ConnectionString">The connection string that its examples have.</param>
internal sealed record ServerKind(string Product, int Port, string ConnectionString);
