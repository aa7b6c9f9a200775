using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Aspire.Hosting.Dcp;

/// <summary>Talks to DCP, whose API is in the manner of Kubernetes.</summary>
internal sealed class DcpClient(DcpHost host) : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private HttpClient? _http;

    public bool IsStarted => _http is not null;

    private HttpClient Http => _http ?? throw new InvalidOperationException("DCP is not running.");

    public async Task StartAsync(CancellationToken cancellationToken) => _http = Connect(await host.StartAsync(cancellationToken));

    public async Task<DcpObject<TSpec, TStatus>> CreateAsync<TSpec, TStatus>(
        string kinds, string name, TSpec spec, Dictionary<string, string> annotations, CancellationToken cancellationToken)
        where TSpec : class
        where TStatus : class
    {
        var content = new DcpObject<TSpec, TStatus>
        {
            ApiVersion = DcpKinds.Version,
            Kind = DcpKinds.KindOf(kinds),
            Metadata = new() { Name = name, Annotations = annotations },
            Spec = spec,
        };
        using var response = await Http.PostAsJsonAsync(Path(kinds), content, Json, cancellationToken);
        return (await ReadAsync<DcpObject<TSpec, TStatus>>(response, cancellationToken))!;
    }

    public async Task<DcpObject<TSpec, TStatus>?> GetAsync<TSpec, TStatus>(string kinds, string name, CancellationToken cancellationToken)
        where TSpec : class
        where TStatus : class
    {
        using var response = await Http.GetAsync(Path(kinds, name), cancellationToken);
        return response.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync<DcpObject<TSpec, TStatus>>(response, cancellationToken);
    }

    /// <summary>Asks DCP to stop the object's process or container; the object stays.</summary>
    public async Task StopAsync(string kinds, string name, CancellationToken cancellationToken)
    {
        using var patch = JsonContent.Create(new { spec = new { stop = true } }, new MediaTypeHeaderValue("application/merge-patch+json"), Json);
        using var response = await Http.PatchAsync(Path(kinds, name), patch, cancellationToken);
        await ReadAsync<JsonElement>(response, cancellationToken);
    }

    /// <returns>False if there is no such object.</returns>
    public async Task<bool> DeleteAsync(string kinds, string name, CancellationToken cancellationToken)
    {
        using var response = await Http.DeleteAsync(Path(kinds, name), cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }

        await ReadAsync<JsonElement>(response, cancellationToken);
        return true;
    }

    /// <summary>All objects of a kind, and then their changes, until DCP ends the stream.</summary>
    public async IAsyncEnumerable<DcpChange<TSpec, TStatus>> WatchAsync<TSpec, TStatus>(
        string kinds, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TSpec : class
        where TStatus : class
    {
        await using var stream = await Http.GetStreamAsync(Path(kinds) + "?watch=true", cancellationToken);
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length > 0 && JsonSerializer.Deserialize<DcpChange<TSpec, TStatus>>(line, Json) is { } change)
            {
                yield return change;
            }
        }
    }

    /// <summary>What an object's process wrote and writes, line by line with a timestamp, until the object is deleted.</summary>
    public async Task<StreamReader> OpenLogAsync(string kinds, string name, string source, CancellationToken cancellationToken) =>
        new(await Http.GetStreamAsync(Path(kinds, name) + $"/log?source={source}&follow=true&timestamps=true", cancellationToken));

    public async Task<DcpExecution?> GetExecutionAsync(CancellationToken cancellationToken)
    {
        using var response = await Http.GetAsync("admin/execution", cancellationToken);
        return await ReadAsync<DcpExecution>(response, cancellationToken);
    }

    public async Task SetExecutionAsync(string status, CancellationToken cancellationToken)
    {
        using var patch = JsonContent.Create(new { status }, new MediaTypeHeaderValue("application/merge-patch+json"), Json);
        using var response = await Http.PatchAsync("admin/execution", patch, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    public static string Serialize(object value) => JsonSerializer.Serialize(value, Json);

    public void Dispose() => _http?.Dispose();

    private static string Path(string kinds, string? name = null) => $"apis/{DcpKinds.Version}/{kinds}{(name is null ? "" : "/" + name)}";

    private static async Task<T?> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
        {
            return await response.Content.ReadFromJsonAsync<T>(Json, cancellationToken);
        }

        throw new HttpRequestException(
            $"DCP answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}", inner: null, response.StatusCode);
    }

    private static HttpClient Connect(DcpAddress address)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(10),
        };
        handler.SslOptions.CertificateChainPolicy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { address.Authority },
            RevocationMode = X509RevocationMode.NoCheck,
        };
        return new(handler)
        {
            BaseAddress = address.Server,
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestHeaders = { Authorization = new("Bearer", address.Token) },
        };
    }
}
