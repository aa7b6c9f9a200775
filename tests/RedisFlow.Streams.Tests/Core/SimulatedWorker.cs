using Microsoft.Extensions.Time.Testing;
using RedisFlow.Streams.Consuming.Core;
using RedisFlow.Streams.Consuming.Reading;
using RedisFlow.Streams.Decoding;
using RedisFlow.Streams.Redis;
using static RedisFlow.Streams.Tests.Core.SimulationException;

namespace RedisFlow.Streams.Tests.Core;

/// <summary>
/// A worker process: a real core, and around it what the shell does, one step at a time. A lane runs only after
/// LaneReady, the reader waits for CapacityFreed, upkeep and acknowledgements for their signals or their time.
/// </summary>
internal sealed partial class SimulatedWorker : IConsumerSignals
{
    private static readonly TimeSpan CallBackoff = TimeSpan.FromMilliseconds(50);

    private readonly Simulation _world;
    private readonly CoreOptions _options;
    private readonly FakeTimeProvider _time;
    private readonly GroupModel _group;
    private readonly ConsumerStateMachine _core;
    private readonly Dictionary<MessagePosition, Carried> _held = [];
    private readonly Dictionary<string, List<Carried>> _subjects = [];
    private readonly bool[] _laneRuns;
    private readonly Carried?[] _running;
    private Task? _drained;

    public SimulatedWorker(Simulation world, string name)
    {
        (_world, Name, _options, _time, _group) = (world, name, world.Options, world.Time, world.Group);
        _core = new ConsumerStateMachine(_options, this, _time, new Random(world.Random.Next()));
        _schedule = new ReaderSchedule(_time);
        _laneRuns = new bool[_options.Lanes];
        _running = new Carried?[_options.Lanes];
    }

    public string Name { get; }

    /// <summary>How likely a call to Redis fails, before or after it took effect.</summary>
    public double FaultRate { get; set; }

    public bool IsPaused { get; private set; }

    public bool IsStopping { get; private set; }

    /// <summary>It stopped, and has done all that a graceful stop does.</summary>
    public bool IsStopped =>
        IsStopping && Array.TrueForAll(_running, held => held is null) && _batch.Count == 0 && _handled.Count == 0;

    public bool IsIdle => _core.Count == 0;

    private long Now => _time.GetTimestamp();

    public void Pause()
    {
        IsPaused = true;
        _core.Pause();
    }

    public void Resume()
    {
        IsPaused = false;
        _core.Resume();
    }

    public void Stop()
    {
        IsStopping = true;
        _drained = _core.Stop();
        StopReading();
    }

    public void CancelRunning() => _core.CancelRunning();

    public void ReleaseHanging()
    {
        foreach (var carried in _running)
        {
            carried?.Hangs = false;
        }
    }

    void IConsumerSignals.LaneReady(int lane)
    {
        Unless(!_laneRuns[lane], $"{Name}: lane {lane} is to be run twice at a time");
        _laneRuns[lane] = true;
    }

    void IConsumerSignals.CapacityFreed() => _roomFreed = true;

    void IConsumerSignals.DueWorkChanged() => _dueWorkChanged = true;

    void IConsumerSignals.AcknowledgementsWaiting() => _acknowledgementsWaiting = true;

    /// <summary>One step of a part of the worker.</summary>
    /// <param name="part">0 upkeep, 1 settler, 2 reader, from 3 on a lane.</param>
    /// <returns>Whether there was anything to do.</returns>
    public bool Step(int part)
    {
        var did = part switch
        {
            0 => StepDueWork(),
            1 => StepSettler(),
            2 => StepReader(),
            _ => StepLane((part - 3) % _options.Lanes),
        };
        if (did)
        {
            Check();
        }

        return did;
    }

    /// <summary>When something happens by itself, as a timestamp.</summary>
    public long NextTimer()
    {
        long next = long.MaxValue;
        foreach (var at in (ReadOnlySpan<long>)[_upkeepAt, _settleAt, _readAt, _gateUntil, _blockedUntil])
        {
            next = at > Now ? Math.Min(next, at) : next;
        }

        foreach (var carried in _running)
        {
            next = carried?.PausedUntil > Now ? Math.Min(next, carried.PausedUntil) : next;
        }

        return next;
    }

    private void Accept(List<InFlightMessage> fetched)
    {
        var accepted = 0;
        foreach (var held in fetched)
        {
            if (_held.ContainsKey(held.Position))
            {
                continue;
            }

            accepted++;
            var carried = new Carried(held, _group[held.Position]) { EpochAtBegin = _group[held.Position].Epoch };
            _held.Add(held.Position, carried);
            if (held.Subject is { } subject)
            {
                (_subjects.TryGetValue(subject, out var queue) ? queue : _subjects[subject] = []).Add(carried);
            }
        }

        var before = _core.Count;
        Unless(
            _core.Accept(fetched) == accepted && _core.Count == before + accepted,
            $"{Name}: {accepted} of {fetched.Count} were new, the core saw it differently"
        );
    }

    private void Leave(Carried carried)
    {
        _held.Remove(carried.InFlightMessage.Position);
        Done(carried);
    }

    private void Done(Carried carried)
    {
        if (carried.InFlightMessage.Subject is { } subject)
        {
            _subjects[subject].Remove(carried);
        }
    }

    private static InFlightMessage NewInFlightMessage(ModelEntry entry, long deliveryCount, long leasedAt)
    {
        var size = (int)(entry.Position.Milliseconds * 7919 % 1000);
        var raw = new RawEntry(entry.Position, new byte[size], IsLost: false, deliveryCount);
        var decoded =
            entry.Kind == MessageKind.Broken
                ? DecodedEntry.Poison(DeadLetterReason.Undecodable, "broken")
                : new DecodedEntry(new StreamMessage { Subject = entry.Subject ?? "" }, null, null, null);
        return new InFlightMessage(raw, decoded, leasedAt);
    }

    private bool Breaks() => FaultRate > 0 && _world.Random.NextDouble() < FaultRate;

    private void Trace(FormattableString text) => _world.Note(Name, text);
}
