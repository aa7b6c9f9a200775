using Microsoft.AspNetCore.Http;

namespace Aspire.Hosting.Dashboard;

/// <summary>Waits until the dashboard answers.</summary>
internal static class DashboardProbe
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <exception cref="OperationCanceledException">It did not answer in time.</exception>
    public static async Task WaitUntilReadyAsync(HttpClient client, DashboardOptions options, CancellationToken cancellationToken)
    {
        var health = new Uri($"{options.FrontendUrl}/health");
        while (!await AnswersAsync(client, health, cancellationToken))
        {
            await Task.Delay(Interval, cancellationToken);
        }
    }

    /// <summary>An answer below 500 is the dashboard's, and it serves: which one depends on its version.</summary>
    private static async Task<bool> AnswersAsync(HttpClient client, Uri uri, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return (int)response.StatusCode < StatusCodes.Status500InternalServerError;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
