using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using RedisFlow.Streams.Consuming.Core;
using static RedisFlow.Streams.Tests.Core.SimulationException;

namespace RedisFlow.Streams.Tests.Core;

/// <summary>
/// Some workers of a group and a model of Redis, driven by a seeded schedule: first anything may happen at any time,
/// then all faults end and everything must be settled within a bounded time. The same seed gives the same schedule.
/// </summary>
internal sealed class Simulation
{
    private const int RandomSteps = 350;
    private const int MostQuietSteps = 50_000;

    private readonly List<string>? _trace;
    private readonly SimulatedWorker?[] _workers;
    private readonly string?[] _subjects;
    private bool _isQuiet;
    private bool _dependencyIsDown;

    public Simulation(int seed, List<string>? trace = null)
    {
        _trace = trace;
        Random = new Random(seed);
        var lanes = Random.Next(1, 4);
        Options = new CoreOptions
        {
            Lanes = lanes,
            Prefetch = lanes + Random.Next(0, 8),
            PrefetchBytes = Random.Next(1, 2000),
            LargestMessage = Random.Next(1, 1000),
            LeaseDuration = TimeSpan.FromMilliseconds(Random.Next(100, 2000)),
            RetryDelay = TimeSpan.FromMilliseconds(Random.Next(0, 100)),
            MaxRetryDelay = TimeSpan.FromMilliseconds(Random.Next(100, 500)),
            MaxDeliveries = Random.Next(1, 5),
            CircuitBreakerThreshold = Random.Next(1, 5),
        };
        ReadsClaim = Random.Next(2) == 0;
        HangRate = Random.Next(3) == 0 ? 0.1 : 0;
        Group = new GroupModel(Time, Options.LeaseDuration);
        _subjects =
        [
            null,
            .. Enumerable.Range(0, Random.Next(1, 5)).Select(number => number.ToString(CultureInfo.InvariantCulture)),
        ];
        _workers = [.. Enumerable.Range(0, Random.Next(1, 4)).Select(Start)];
        Note("", $"{Options}, {_workers.Length} workers, XREADGROUP CLAIM: {ReadsClaim}");
    }

    public Random Random { get; }

    public FakeTimeProvider Time { get; } = new();

    public CoreOptions Options { get; }

    public GroupModel Group { get; }

    public bool ReadsClaim { get; }

    public double HangRate { get; private set; }

    public void Run()
    {
        for (var step = 0; step < RandomSteps; step++)
        {
            Act();
        }

        Calm();
        for (var step = 0; !Group.IsSettled || _workers.Any(worker => !worker!.IsIdle); step++)
        {
            Unless(step < MostQuietSteps, $"no end: {string.Join("; ", Group.Unsettled)}");
            Proceed();
        }
    }

    public HandlerOutcome NextOutcome(ModelEntry entry, bool isCancelled)
    {
        if (isCancelled && Random.Next(3) > 0)
        {
            return HandlerOutcome.Interrupted;
        }

        if (!_isQuiet && (_dependencyIsDown ? Random.Next(10) > 0 : Random.Next(10) == 0))
        {
            return HandlerOutcome.Fault;
        }

        return entry.Kind == MessageKind.Failing || (!_isQuiet && Random.Next(4) == 0)
            ? HandlerOutcome.Failure
            : HandlerOutcome.Success;
    }

    public void Note(string who, FormattableString text) =>
        _trace?.Add(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{(Time.GetUtcNow() - Time.Start).TotalMilliseconds:0.0} ms {who.PadLeft(2)} "
                    + $"{FormattableString.Invariant(text)}"
            )
        );

    private SimulatedWorker Start(int number) => new(this, ((char)('a' + number)).ToString());

    private void Act()
    {
        var number = Random.Next(_workers.Length);
        var worker = _workers[number];
        switch (Random.Next(100))
        {
            case < 10:
                Publish(Random.Next(1, 5));
                break;
            case < 22:
                Advance(
                    TimeSpan.FromMilliseconds(
                        Random.Next(5) switch
                        {
                            0 => 0.3,
                            1 => 5,
                            2 => 40,
                            3 => Options.LeaseDuration.TotalMilliseconds / 7,
                            _ => Options.LeaseDuration.TotalMilliseconds / 2.5,
                        }
                    )
                );
                break;
            case < 23 when Random.Next(3) == 0:
                Advance(Options.LeaseDuration * 1.2);
                break;
            case < 25:
                Note("", $"the dependency is {((_dependencyIsDown = !_dependencyIsDown) ? "down" : "up")}");
                break;
            case < 29:
                Disturb(number, worker);
                break;
            case var part when worker is not null:
                for (var tries = 0; tries < 6 && !worker.Step((part + tries) % (3 + Options.Lanes)); tries++) { }

                break;
        }
    }

    private void Disturb(int number, SimulatedWorker? worker)
    {
        if (worker is null)
        {
            Note("", $"start of {(char)('a' + number)}");
            _workers[number] = Start(number);
            return;
        }

        switch (Random.Next(7))
        {
            case 0 or 1:
                worker.FaultRate = Random.Next(3) switch
                {
                    0 => 0.7,
                    1 => 0.2,
                    _ => 0,
                };
                break;
            case 2 when worker.IsPaused:
                Note(worker.Name, $"resume");
                worker.Resume();
                break;
            case 2:
                Note(worker.Name, $"pause");
                worker.Pause();
                break;
            case 3 when Random.Next(3) == 0:
                Note(worker.Name, $"kill");
                _workers[number] = null;
                break;
            case 4 when !worker.IsStopping && Random.Next(3) == 0:
                Note(worker.Name, $"stop");
                worker.Stop();
                break;
            case 4 when worker.IsStopping:
                worker.CancelRunning();
                break;
            case 5 when worker.IsStopped:
                _workers[number] = null;
                break;
            case 6:
                worker.ReleaseHanging();
                break;
        }
    }

    private void Publish(int count)
    {
        for (; count > 0; count--)
        {
            var kind = Random.Next(20) switch
            {
                0 => MessageKind.Failing,
                1 => MessageKind.Foreign,
                2 => MessageKind.Broken,
                _ => MessageKind.Good,
            };

            // What cannot be decoded has no subject.
            var subject = Random.Next(_subjects.Length);
            Group.Publish(kind == MessageKind.Broken ? null : _subjects[subject], kind);
            Note("", $"publish {Group.Entries.Count} ({kind}, subject {subject})");
        }
    }

    private void Advance(TimeSpan by) => Time.Advance(by);

    private void Calm()
    {
        Note("", $"all faults end");
        (_isQuiet, _dependencyIsDown, HangRate) = (true, false, 0);
        for (var number = 0; number < _workers.Length; number++)
        {
            var worker = _workers[number] is { IsStopping: false } alive ? alive : _workers[number] = Start(number);
            worker.FaultRate = 0;
            worker.ReleaseHanging();
            worker.Resume();
        }
    }

    /// <summary>Everything that can happen now happens, or the time goes on to when something can.</summary>
    private void Proceed()
    {
        var did = false;
        foreach (var worker in _workers)
        {
            for (var part = 0; part < 3 + Options.Lanes; part++)
            {
                did |= worker!.Step(part);
            }
        }

        if (!did)
        {
            var next = _workers.Min(worker => worker!.NextTimer());
            Unless(next < long.MaxValue, $"nothing will ever happen again: {string.Join("; ", Group.Unsettled)}");
            Advance(TimeSpan.FromTicks(next - Time.GetTimestamp()));
        }
    }
}

internal enum HandlerOutcome
{
    Success,
    Failure,
    Fault,
    Interrupted,
}
