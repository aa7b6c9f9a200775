using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Aspire.Hosting.Dcp;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Keeps the console logs of all instances, and lets others read and follow them.</summary>
public class ResourceLoggerService : IDisposable
{
    private readonly ConcurrentDictionary<string, ResourceLog> _logs = new();
    private readonly CancellationTokenSource _disposing = new();
    private event Action<LogSubscriber>? SubscribersChanged;

    internal TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Writes to the console logs of all instances of the resource.</summary>
    public ILogger GetLogger(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return new ResourceLogger([.. resource.GetResolvedResourceNames().Select(GetLog)]);
    }

    /// <summary>Writes to the console logs of one instance.</summary>
    public ILogger GetLogger(string resourceName)
    {
        ArgumentNullException.ThrowIfNull(resourceName);
        return new ResourceLogger([GetLog(resourceName)]);
    }

    /// <summary>Reads what there is.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return MergeAsync(resource.GetResolvedResourceNames(), GetAllAsync);
    }

    /// <summary>Reads what there is.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(string resourceName)
    {
        ArgumentNullException.ThrowIfNull(resourceName);
        return GetLog(resourceName).ReadAsync(follow: false);
    }

    /// <summary>Reads what there is, and goes on until the log is completed.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return MergeAsync(resource.GetResolvedResourceNames(), WatchAsync);
    }

    /// <summary>Reads what there is, and goes on until the log is completed.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName)
    {
        ArgumentNullException.ThrowIfNull(resourceName);
        return GetLog(resourceName).ReadAsync(follow: true);
    }

    /// <summary>Tells whose logs begin and cease to be followed.</summary>
    public async IAsyncEnumerable<LogSubscriber> WatchAnySubscribersAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_disposing.Token, cancellationToken);
        var changes = Channel.CreateUnbounded<LogSubscriber>();
        void OnChanged(LogSubscriber change) => changes.Writer.TryWrite(change);

        SubscribersChanged += OnChanged;
        try
        {
            foreach (var (name, _) in _logs.Where(pair => pair.Value.HasReaders))
            {
                yield return new(name, AnySubscribers: true);
            }

            await foreach (var change in changes.Reader.ReadAllAsync(stop.Token))
            {
                yield return change;
            }
        }
        finally
        {
            SubscribersChanged -= OnChanged;
        }
    }

    /// <summary>No more is written for the resource: those who follow it reach the end.</summary>
    public void Complete(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        foreach (var name in resource.GetResolvedResourceNames())
        {
            Complete(name);
        }
    }

    /// <summary>No more is written for the instance: those who follow it reach the end.</summary>
    public void Complete(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (_logs.TryGetValue(name, out var log))
        {
            log.Complete();
        }
    }

    /// <summary>Forgets what was written for the instance so far.</summary>
    public void ClearBacklog(string resourceName)
    {
        ArgumentNullException.ThrowIfNull(resourceName);
        if (_logs.TryGetValue(resourceName, out var log))
        {
            log.Clear();
        }
    }

    public void Dispose()
    {
        foreach (var log in _logs.Values)
        {
            log.Complete();
        }

        // Not disposed: a reader may be about to link to its token.
        _disposing.Cancel();
        GC.SuppressFinalize(this);
    }

    /// <summary>Adds lines that an instance wrote to its console.</summary>
    internal void AddLogEntries(string resourceName, IReadOnlyList<LogEntry> entries) => GetLog(resourceName).Add(entries);

    private static async IAsyncEnumerable<IReadOnlyList<LogLine>> MergeAsync(
        IReadOnlyList<string> names,
        Func<string, IAsyncEnumerable<IReadOnlyList<LogLine>>> read,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var merged = Channel.CreateUnbounded<IReadOnlyList<LogLine>>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var copies = Task.WhenAll(names.Select(CopyAsync));
        _ = copies.ContinueWith(done => merged.Writer.TryComplete(done.Exception), TaskScheduler.Default);

        try
        {
            await foreach (var lines in merged.Reader.ReadAllAsync(cancellationToken))
            {
                yield return lines;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await copies.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task CopyAsync(string name)
        {
            await foreach (var lines in read(name).WithCancellation(stop.Token))
            {
                merged.Writer.TryWrite(lines);
            }
        }
    }

    private ResourceLog GetLog(string name) => _logs.GetOrAdd(
        name,
        static (name, service) => new(service.TimeProvider, any => service.SubscribersChanged?.Invoke(new(name, any))),
        this);
}
