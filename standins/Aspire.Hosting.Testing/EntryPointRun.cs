using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>
/// An application host's entry point on a thread of its own. It stands still twice: when it builds the application, until the
/// test builds it, and when it runs the application, until the test starts it.
/// </summary>
internal sealed class EntryPointRun(
    Assembly assembly, string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder) : IBuilderObserver
{
    private readonly TaskCompletionSource<DistributedApplicationBuilder> _builder = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<DistributedApplication> _application = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _mayBuild = new();
    private readonly TaskCompletionSource _mayStart = new();

    public async Task<DistributedApplicationBuilder> GetBuilderAsync(CancellationToken cancellationToken)
    {
        // The observer is set for this flow only, so that several entry points can run in one process at a time.
        var previous = IBuilderObserver.Current;
        IBuilderObserver.Current = this;
        try
        {
            new Thread(Run) { IsBackground = true, Name = assembly.GetName().Name }.Start();
        }
        finally
        {
            IBuilderObserver.Current = previous;
        }

        return await _builder.Task.WaitAsync(cancellationToken);
    }

    public async Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken)
    {
        _mayBuild.TrySetResult();
        return await _application.Task.WaitAsync(cancellationToken);
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var application = await _application.Task.WaitAsync(cancellationToken);
        using var cancelled = cancellationToken.Register(
            () => application.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication());
        _mayStart.TrySetResult();
        await _started.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Stops the application, or lets the entry point end if it has not come so far.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_mayStart.Task.IsCompletedSuccessfully && _application.Task.IsCompletedSuccessfully)
        {
            (await _application.Task).Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        }
        else
        {
            _mayBuild.TrySetCanceled(CancellationToken.None);
            _mayStart.TrySetCanceled(CancellationToken.None);
        }

        await _exited.Task.WaitAsync(cancellationToken);
    }

    public void OnConstructing(DistributedApplicationOptions options, HostApplicationBuilderSettings settings) =>
        TestingDefaults.Apply(options, settings, args, assembly, configureBuilder);

    public void OnConstructed(DistributedApplicationBuilder builder)
    {
    }

    public void OnBuilding(DistributedApplicationBuilder builder)
    {
        _builder.TrySetResult(builder);
        _mayBuild.Task.GetAwaiter().GetResult();
    }

    public void OnBuilt(DistributedApplication application)
    {
        application.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(() => _started.TrySetResult());
        _application.TrySetResult(application);
        _mayStart.Task.GetAwaiter().GetResult();
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever ends the entry point is told to the test that waits for it.")]
    private void Run()
    {
        try
        {
            var entryPoint = assembly.EntryPoint
                ?? throw new InvalidOperationException($"Assembly {assembly.GetName().Name} does not have an entry point.");
            object?[] parameters = entryPoint.GetParameters().Length == 0 ? [] : [args];
            entryPoint.Invoke(null, BindingFlags.DoNotWrapExceptions, binder: null, parameters, culture: null);
            Fail(new InvalidOperationException("The entry point exited without running an application."));
        }
        catch (Exception exception)
        {
            Fail(exception);
        }

        _exited.TrySetResult();
    }

    private void Fail(Exception exception)
    {
        _builder.TrySetException(exception);
        _application.TrySetException(exception);
        _started.TrySetException(exception);
    }
}
