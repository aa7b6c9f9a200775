using System.Diagnostics;
using System.Globalization;

namespace RedisFlow.Chaos.Faults;

/// <summary>Has faults done at their times, and notes when and with what result.</summary>
/// <param name="output">Where each is reported when it is over.</param>
internal sealed class FaultJournal(TextWriter output)
{
    private readonly Stopwatch _clock = new();
    private readonly Lock _gate = new();
    private readonly List<string> _log = [];
    private readonly List<string> _incidents = [];

    /// <summary>What was done, in the order in which it ended.</summary>
    public IReadOnlyList<string> Log => _log;

    /// <summary>Faults that could not be done.</summary>
    public IReadOnlyList<string> Incidents => _incidents;

    /// <summary>Starts the clock that the faults' times count from.</summary>
    public void Begin() => _clock.Restart();

    /// <summary>Waits until it is time, and does one fault.</summary>
    /// <param name="at">When, from <see cref="Begin"/>.</param>
    /// <param name="kind">Its kind, for an incident.</param>
    /// <param name="description">What the log calls it.</param>
    /// <param name="inject">Does it, and returns what there is to say about it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether it could be done.</returns>
    public async Task<bool> DoAsync(
        TimeSpan at,
        string kind,
        string description,
        Func<Task<string>> inject,
        CancellationToken cancellationToken
    )
    {
        if (at - _clock.Elapsed is var wait && wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, cancellationToken);
        }

        var begin = _clock.Elapsed;
        var isDone = false;
        string result;
        try
        {
            result = await inject();
            isDone = true;
        }
        catch (Exception exception) when (exception is TimeoutException or InvalidOperationException)
        {
            // The run goes on, so that its report shows what else there is; but it is not valid.
            result = $": FAILED, {exception.Message}";
            lock (_gate)
            {
                _incidents.Add($"{kind} could not be done: {exception.Message}");
            }
        }

        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{description}; began {begin.TotalSeconds:0.00} s, over {_clock.Elapsed.TotalSeconds:0.00} s{result}"
        );
        lock (_gate)
        {
            _log.Add(line);
            output.WriteLine(line);
        }

        return isDone;
    }
}
