using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace RedisFlow.AppHost;

/// <summary>
/// Counts the requests of a command: how many succeeded, how long all took, and what the others' faults were.
/// </summary>
internal sealed class RequestRun
{
    private readonly ConcurrentDictionary<string, int> _faults = new(StringComparer.Ordinal);
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private int _succeeded;

    /// <summary>Makes a request. A fault of the service or the network is counted, not thrown.</summary>
    /// <returns>Whether it succeeded.</returns>
    public async Task<bool> TryAsync(Func<Task<HttpResponseMessage>> send, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await send();
            if (response.IsSuccessStatusCode)
            {
                Interlocked.Increment(ref _succeeded);
                return true;
            }

            Count($"HTTP {(int)response.StatusCode} {response.ReasonPhrase}");
        }
        catch (HttpRequestException exception)
        {
            Count(exception.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Count("no answer in time");
        }

        return false;
    }

    /// <summary>The command's result: a failure if one request had a fault, with all faults listed.</summary>
    /// <param name="what">What was done, e.g. <c>changes were published</c>.</param>
    /// <param name="remark">What else there is to say; may be empty.</param>
    public ExecuteCommandResult ToResult(string what, string remark = "")
    {
        var seconds = _watch.Elapsed.TotalSeconds;
        var text = new StringBuilder().Append(
            CultureInfo.InvariantCulture,
            $"{_succeeded} {what} in {seconds:0.0} s ({_succeeded / Math.Max(seconds, 0.001):0}/s).{remark}"
        );
        if (_faults.IsEmpty)
        {
            return CommandResults.Success(text.ToString());
        }

        text.Append(CultureInfo.InvariantCulture, $" {_faults.Values.Sum()} requests failed:");
        foreach (var (fault, count) in _faults.OrderByDescending(fault => fault.Value))
        {
            text.Append(CultureInfo.InvariantCulture, $" {fault} ({count} times);");
        }

        return CommandResults.Failure(text.ToString().TrimEnd(';') + ".");
    }

    private void Count(string fault) => _faults.AddOrUpdate(fault, 1, static (_, count) => count + 1);
}
