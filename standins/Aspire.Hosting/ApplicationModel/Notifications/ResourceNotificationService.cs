using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Aspire.Hosting.Dcp;
using Microsoft.Extensions.Options;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// Keeps the newest state of every instance of every resource, tells of its changes (this file), and waits for them
/// (the other files).
/// </summary>
public partial class ResourceNotificationService : IDisposable
{
    private readonly ConcurrentDictionary<string, Instance> _instances = new();
    private readonly Lock _watchersLock = new();
    private readonly List<ChannelWriter<ResourceEvent>> _watchers = [];
    private readonly CancellationTokenSource _disposing = new();
    private readonly ILogger<ResourceNotificationService> _logger;
    private readonly IServiceProvider _services;
    private readonly ResourceLoggerService _loggers;

    public ResourceNotificationService(
        ILogger<ResourceNotificationService> logger,
        IHostApplicationLifetime hostApplicationLifetime,
        IServiceProvider serviceProvider,
        ResourceLoggerService resourceLoggerService)
    {
        ArgumentNullException.ThrowIfNull(logger);
        ArgumentNullException.ThrowIfNull(serviceProvider);
        ArgumentNullException.ThrowIfNull(resourceLoggerService);
        _ = hostApplicationLifetime; // Waits end when the service is disposed.

        _logger = logger;
        _services = serviceProvider;
        _loggers = resourceLoggerService;
        DefaultWaitBehavior = serviceProvider.GetService<IOptions<ResourceNotificationServiceOptions>>()?.Value.DefaultWaitBehavior
            ?? WaitBehavior.StopOnResourceUnavailable;
    }

    internal WaitBehavior DefaultWaitBehavior { get; set; }

    /// <summary>
    /// The newest state of an instance. <paramref name="resourceId"/> is its id, or the resource's name if the resource
    /// has one instance only.
    /// </summary>
    public bool TryGetCurrentState(string resourceId, [NotNullWhen(true)] out ResourceEvent? resourceEvent)
    {
        ArgumentNullException.ThrowIfNull(resourceId);
        if (!_instances.TryGetValue(resourceId, out var found) || found.Current is null)
        {
            var byName = _instances.Values
                .Where(instance => ResourceNames.IsSameResource(instance.Resource.Name, resourceId))
                .Take(2)
                .ToList();
            found = byName.Count == 1 ? byName[0] : null;
        }

        resourceEvent = found?.Current;
        return resourceEvent is not null;
    }

    /// <summary>The state of all instances now, and then every change. Each reader gets each change once and in order.</summary>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var subscription = Subscribe();
        foreach (var current in subscription.Current)
        {
            yield return current;
        }

        await foreach (var batch in subscription.ReadBatchesAsync(cancellationToken))
        {
            foreach (var change in batch)
            {
                yield return change;
            }
        }
    }

    /// <summary>Changes the state of all instances of the resource.</summary>
    public async Task PublishUpdateAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        ArgumentNullException.ThrowIfNull(resource);
        foreach (var name in resource.GetResolvedResourceNames())
        {
            await PublishUpdateAsync(resource, name, stateFactory);
        }
    }

    /// <summary>Changes the state of one instance. A state that says the same as the current one is not published.</summary>
    /// <exception cref="InvalidOperationException">The id belongs to another resource.</exception>
    public Task PublishUpdateAsync(
        IResource resource,
        string resourceId,
        Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(resourceId);
        ArgumentNullException.ThrowIfNull(stateFactory);

        var instance = _instances.GetOrAdd(resourceId, static (_, owner) => new(owner), resource);
        if (instance.Resource != resource)
        {
            throw new InvalidOperationException(
                $"Resource instance doesn't match resource previously registered with specified resource id '{resourceId}'.");
        }

        // Watchers are told inside the lock, so that they see an instance's changes in the order of their versions.
        lock (instance.Lock)
        {
            var previous = instance.Current?.Snapshot;
            var next = SnapshotEnricher.Enrich(resource, stateFactory(previous ?? GetInitialSnapshot(resource)), _services);
            if (previous is not null && SnapshotContent.IsSame(previous, next))
            {
                return Task.CompletedTask;
            }

            var change = new ResourceEvent(resource, resourceId, next with { Version = (previous?.Version ?? 0) + 1 });
            instance.Current = change;
            Tell(change);

            if (next.State?.Text is { Length: > 0 } state && state != previous?.State?.Text)
            {
                _logger.StateChanged(resource.Name, resourceId, previous?.State?.Text, state);
            }
        }

        return Task.CompletedTask;
    }

    public void Dispose()
    {
        // Not disposed: a wait may be about to link to its token.
        _disposing.Cancel();
        GC.SuppressFinalize(this);
    }

    internal ResourceSubscription Subscribe()
    {
        var changes = Channel.CreateUnbounded<ResourceEvent>(new() { SingleReader = true });
        lock (_watchersLock)
        {
            _watchers.Add(changes.Writer);
        }

        return new(changes.Reader, [.. _instances.Values.Select(instance => instance.Current).OfType<ResourceEvent>()], () =>
        {
            lock (_watchersLock)
            {
                _watchers.Remove(changes.Writer);
            }
        });
    }

    private static CustomResourceSnapshot GetInitialSnapshot(IResource resource) =>
        resource.Annotations.OfType<ResourceSnapshotAnnotation>().LastOrDefault()?.InitialSnapshot
        ?? new() { ResourceType = resource.GetType().Name, Properties = [] };

    private void Tell(ResourceEvent change)
    {
        lock (_watchersLock)
        {
            _watchers.ForEach(watcher => watcher.TryWrite(change));
        }
    }

    private sealed class Instance(IResource resource)
    {
        private volatile ResourceEvent? _current;

        public Lock Lock { get; } = new();

        public IResource Resource => resource;

        /// <summary>The newest published state; <see langword="null"/> before the first.</summary>
        public ResourceEvent? Current
        {
            get => _current;
            set => _current = value;
        }
    }
}
