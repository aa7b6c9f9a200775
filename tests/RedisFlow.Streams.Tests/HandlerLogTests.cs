using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RedisFlow.Testing;

namespace RedisFlow.Streams.Tests;

/// <summary>What handlers log leads to the message and to its trace.</summary>
public sealed class HandlerLogTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task A_line_of_a_handler_carries_the_messages_stream_group_position_and_id_and_its_trace()
    {
        using var listener = new ActivityListener { ShouldListenTo = source => source.Name == "RedisFlow.Streams", Sample = (ref _) => ActivitySamplingResult.AllData };
        ActivitySource.AddActivityListener(listener);
        using var caller = new Activity("caller").Start();
        using var log = new ScopedLog();
        var stream = TestHost.NewStream();
        await using var host = await TestHost.StartAsync(
            TestHost.Build(
                redis.Server,
                stream,
                "a",
                streams => streams.AddStreamConsumer("g").HandleAll<Talkative>(),
                services: services => services.AddLogging(logging => logging.AddProvider(log))));

        var position = await host.Publisher.PublishAsync(TestHost.Renamed(1), TestContext.Current.CancellationToken);

        var (scope, trace) = await Eventually.Until(
            () => Task.FromResult(log.Lines.GetValueOrDefault("handled")), line => line.Scope is not null, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((stream, "g", position), (scope["Stream"], scope["Group"], scope["Position"]));
        Assert.True(Guid.TryParse((string?)scope["MessageId"], out _), $"{scope["MessageId"]}");
        Assert.Equal(caller.TraceId, trace);
    }

    private sealed class Talkative(ILogger<Talkative> logger) : IStreamMessageHandler
    {
        public Task HandleAsync(StreamDelivery delivery, CancellationToken cancellationToken)
        {
#pragma warning disable CA1848 // The simplest that a handler would write.
            logger.LogInformation("handled");
#pragma warning restore CA1848
            return Task.CompletedTask;
        }
    }

    /// <summary>Keeps lines with what the scopes around them say, and the trace that they belong to.</summary>
    private sealed class ScopedLog : ILoggerProvider, ISupportExternalScope, ILogger
    {
        private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

        public ConcurrentDictionary<string, (IReadOnlyDictionary<string, object?> Scope, ActivityTraceId? Trace)> Lines { get; } = [];

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

        public ILogger CreateLogger(string categoryName) => this;

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => _scopes.Push(state);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var values = new Dictionary<string, object?>();
            _scopes.ForEachScope(
                static (scope, into) =>
                {
                    foreach (var (name, value) in scope as IEnumerable<KeyValuePair<string, object?>> ?? [])
                    {
                        into[name] = value;
                    }
                },
                values);
            Lines[formatter(state, exception)] = (values, Activity.Current?.TraceId);
        }

        public void Dispose()
        {
        }
    }
}
