using Polly;
using Polly.CircuitBreaker;
using StackExchange.Redis;

namespace RedisFlow.Caching.L2;

/// <summary>
/// Runs operations on Redis that a read can do without: each is bounded in time, and while Redis fails they are passed
/// by. One request may read several entries one after the other, and must not wait for each of them.
/// </summary>
/// <remarks>
/// It opens when, of at least two operations within twice the limit, a tenth or more failed. So a server that falls
/// silent costs a request at most two waits: by the end of the second one, the successes from before have left the
/// window. It stays open for twice the limit; then the next operation asks Redis, alone, and closes or reopens it.
/// Polly allows neither time to be shorter than 500 ms.
/// </remarks>
internal sealed class L2Circuit
{
    private const double FailureRatio = 0.1;
    private const int MinimumOperations = 2;
    private static readonly TimeSpan ShortestBreak = TimeSpan.FromMilliseconds(500);

    private readonly CircuitBreakerStateProvider _state = new();
    private readonly ResiliencePipeline<object?> _pipeline;
    private readonly Func<IDatabase> _connection;
    private readonly TimeSpan _limit;
    private readonly TimeProvider _time;

    /// <summary>A closed circuit.</summary>
    /// <param name="connection">The database, asked for at each operation: the connection may be made by its first
    /// use.</param>
    /// <param name="limit">How long an operation may take.</param>
    /// <param name="time">The clock of the limit and of the break.</param>
    public L2Circuit(Func<IDatabase> connection, TimeSpan limit, TimeProvider time)
    {
        _connection = connection;
        _limit = limit;
        _time = time;
        Break = 2 * limit > ShortestBreak ? 2 * limit : ShortestBreak;
        _pipeline = new ResiliencePipelineBuilder<object?> { TimeProvider = time }
            .AddCircuitBreaker(
                new CircuitBreakerStrategyOptions<object?>
                {
                    FailureRatio = FailureRatio,
                    MinimumThroughput = MinimumOperations,
                    SamplingDuration = Break,
                    BreakDuration = Break,
                    StateProvider = _state,
                    ShouldHandle = static arguments => ValueTask.FromResult(arguments.Outcome.Exception is not null),
                }
            )
            .Build();
    }

    /// <summary>How long Redis is passed by before it is asked again.</summary>
    public TimeSpan Break { get; }

    public L2CircuitState State =>
        _state.CircuitState switch
        {
            CircuitState.Closed => L2CircuitState.Closed,
            CircuitState.HalfOpen => L2CircuitState.HalfOpen,
            _ => L2CircuitState.Open,
        };

    /// <summary>Runs an operation, unless Redis is passed by.</summary>
    /// <param name="operation">
    /// The operation; static, so that a call allocates no closure. What it throws says that Redis failed; an unwelcome
    /// answer is a result.
    /// </param>
    /// <param name="state">What it needs.</param>
    /// <returns>The result; or as exception what failed, a <see cref="BrokenCircuitException"/> if nothing was
    /// sent.</returns>
    public async ValueTask<Outcome<object?>> RunAsync<TState>(
        Func<IDatabase, TState, Task<object?>> operation,
        TState state
    )
    {
        var context = ResilienceContextPool.Shared.Get();
        try
        {
            return await _pipeline
                .ExecuteOutcomeAsync(
                    static (_, call) => call.Circuit.LimitedAsync(call.Operation, call.State),
                    context,
                    (Circuit: this, Operation: operation, State: state)
                )
                .ConfigureAwait(false);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async ValueTask<Outcome<object?>> LimitedAsync<TState>(
        Func<IDatabase, TState, Task<object?>> operation,
        TState state
    )
    {
        try
        {
            return await OutcomeAsync(operation, state).WaitAsync(_limit, _time).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            return Outcome.FromException<object?>(exception);
        }
    }

    // Never fails: what comes after the limit is not awaited, and would be reported as unobserved.
    private async Task<Outcome<object?>> OutcomeAsync<TState>(
        Func<IDatabase, TState, Task<object?>> operation,
        TState state
    )
    {
        try
        {
            return Outcome.FromResult<object?>(await operation(_connection(), state).ConfigureAwait(false));
        }
        catch (Exception exception)
        {
            // Not swallowed: it is the outcome.
            return Outcome.FromException<object?>(exception);
        }
    }
}
