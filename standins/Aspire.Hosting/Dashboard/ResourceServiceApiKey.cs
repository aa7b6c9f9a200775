using System.Security.Cryptography;
using System.Text;
using Aspire.Hosting.Dashboard.Grpc;
using Microsoft.AspNetCore.Http;

namespace Aspire.Hosting.Dashboard;

/// <summary>The key that the dashboard shows to the resource service.</summary>
internal sealed class ResourceServiceApiKey(string key)
{
    public const string HeaderName = "x-resource-service-api-key";

    private readonly byte[] _hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <exception cref="GrpcException">The request does not carry the key, exactly once.</exception>
    public void Authorize(HttpRequest request)
    {
        // Hashes have one length, so that comparing them takes the same time for every wrong key.
        if (request.Headers[HeaderName] is not [{ } given]
            || !CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), _hash))
        {
            throw new GrpcException(GrpcStatusCode.Unauthenticated, $"The header {HeaderName} does not carry the key.");
        }
    }
}
