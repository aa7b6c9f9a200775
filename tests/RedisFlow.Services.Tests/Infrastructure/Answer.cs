using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using RedisFlow.Testing;

namespace RedisFlow.Services.Tests;

/// <summary>An HTTP answer, read to its end.</summary>
public sealed record Answer(
    HttpStatusCode Status,
    string? MediaType,
    string Text,
    IReadOnlyDictionary<string, string> Headers
)
{
    /// <summary>The body as JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    /// <summary>The header's value; empty if there is no such header.</summary>
    public string Header(string name) => Headers.GetValueOrDefault(name, "");

    /// <summary>Where a cached read found its value.</summary>
    public string Cache => Header("X-Cache");

    public override string ToString() =>
        $"{(int)Status} {Text} [{string.Join("; ", Headers.Select(header => $"{header.Key}: {header.Value}"))}]";
}

/// <summary>Requests of the tests.</summary>
internal static class Requests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static Task<Answer> GetAsync(
        this ServiceProcess service,
        string path,
        params (string Name, string Value)[] headers
    ) => service.SendAsync(HttpMethod.Get, path, null, headers);

    /// <summary>Reads until the answer is as expected.</summary>
    public static Task<Answer> GetUntilAsync(
        this ServiceProcess service,
        string path,
        Func<Answer, bool> expected,
        TimeSpan? limit = null,
        params (string Name, string Value)[] headers
    ) => Eventually.Until(() => service.GetAsync(path, headers), expected, limit, Cancel);

    public static Task<Answer> SendJsonAsync(
        this ServiceProcess service,
        HttpMethod method,
        string path,
        object body,
        params (string Name, string Value)[] headers
    ) => service.SendAsync(method, path, JsonContent.Create(body), headers);

    public static Task<Answer> SendTextAsync(
        this ServiceProcess service,
        HttpMethod method,
        string path,
        string body,
        string mediaType = "application/json"
    ) => service.SendAsync(method, path, new StringContent(body, Encoding.UTF8, mediaType));

    public static async Task<Answer> SendAsync(
        this ServiceProcess service,
        HttpMethod method,
        string path,
        HttpContent? content = null,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await service.Http.SendAsync(request, Cancel);
        var all = response
            .Headers.Concat(response.Content.Headers)
            .ToDictionary(
                header => header.Key,
                header => string.Join(", ", header.Value),
                StringComparer.OrdinalIgnoreCase
            );
        return new Answer(
            response.StatusCode,
            response.Content.Headers.ContentType?.MediaType,
            await response.Content.ReadAsStringAsync(Cancel),
            all
        );
    }
}
