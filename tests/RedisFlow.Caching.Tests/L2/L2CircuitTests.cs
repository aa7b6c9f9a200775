using Microsoft.Extensions.Time.Testing;
using Polly;
using Polly.CircuitBreaker;
using RedisFlow.Caching.L2;
using RedisFlow.Testing;

namespace RedisFlow.Caching.Tests;

public sealed class L2CircuitTests(RedisFixture redis)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();
    private L2Circuit? _made;
    private int _asked;

    private L2Circuit Circuit => _made ??= new L2Circuit(() => redis.Connection.GetDatabase(), Limit, _time);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Redis_that_fails_is_passed_by_for_twice_the_limit()
    {
        await OpenAsync();
        Assert.Equal(2 * Limit, Circuit.Break);
        _time.Advance(Circuit.Break - TimeSpan.FromTicks(1));
        for (var i = 0; i < 100; i++)
        {
            await AssertPassedByAsync();
        }

        Assert.Equal(L2CircuitState.Open, Circuit.State);
        _time.Advance(TimeSpan.FromTicks(1));
        await SucceedAsync();
    }

    [Fact]
    public void A_short_limit_has_the_shortest_break_that_there_is() =>
        Assert.Equal(
            TimeSpan.FromMilliseconds(500),
            new L2Circuit(() => redis.Connection.GetDatabase(), TimeSpan.FromMilliseconds(10), _time).Break
        );

    [Fact]
    public async Task One_failure_alone_does_not_open_and_the_second_does()
    {
        await FailAsync();
        Assert.Equal(L2CircuitState.Closed, Circuit.State);
        await FailAsync();
        Assert.Equal(L2CircuitState.Open, Circuit.State);
    }

    /// <summary>
    /// However busy Redis was: who reads several entries one after the other waits for the first two.
    /// </summary>
    [Fact]
    public async Task The_successes_of_the_past_do_not_make_a_request_wait_more_than_twice()
    {
        for (var i = 0; i < 1000; i++)
        {
            await SucceedAsync();
        }

        _time.Advance(Limit);
        await FailAsync();
        _time.Advance(Limit);
        await FailAsync();
        await AssertPassedByAsync();
    }

    [Fact]
    public async Task A_tenth_of_failures_opens_and_less_does_not()
    {
        for (var i = 0; i < 19; i++)
        {
            await SucceedAsync();
        }

        await FailAsync();
        Assert.Equal(L2CircuitState.Closed, Circuit.State);
        await FailAsync();
        Assert.Equal(L2CircuitState.Closed, Circuit.State);
        await FailAsync();
        Assert.Equal(L2CircuitState.Open, Circuit.State);
    }

    [Fact]
    public async Task After_the_break_exactly_one_operation_asks_and_its_success_closes()
    {
        await OpenAsync();
        _time.Advance(Circuit.Break);
        var answer = new TaskCompletionSource<object?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var (asked, all) = (_asked, new List<Task<Outcome<object?>>>());
        using var start = new Barrier(8);
        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(_ =>
                    Threads.Run(() =>
                    {
                        start.SignalAndWait(Cancellation);
                        for (var i = 0; i < 50; i++)
                        {
                            var call = AskAsync(answer.Task).AsTask();
                            lock (all)
                            {
                                all.Add(call);
                            }
                        }
                    })
                )
        );

        Assert.Equal(asked + 1, _asked);
        Assert.Equal(L2CircuitState.HalfOpen, Circuit.State);
        var probe = Assert.Single(all, call => !call.IsCompleted);
        all.Remove(probe);
        Assert.All(await Task.WhenAll(all), outcome => Assert.IsType<BrokenCircuitException>(outcome.Exception));

        answer.SetResult("back");
        Assert.Equal("back", (await probe).Result);
        Assert.Equal(L2CircuitState.Closed, Circuit.State);
        await SucceedAsync();
    }

    [Fact]
    public async Task A_probe_that_fails_reopens_for_another_break()
    {
        await OpenAsync();
        _time.Advance(Circuit.Break);
        await FailAsync();
        Assert.Equal(L2CircuitState.Open, Circuit.State);
        _time.Advance(Circuit.Break - TimeSpan.FromTicks(1));
        await AssertPassedByAsync();
        _time.Advance(TimeSpan.FromTicks(1));
        await SucceedAsync();
        Assert.Equal(L2CircuitState.Closed, Circuit.State);
    }

    /// <summary>Whatever it throws: a probe without an outcome would leave the circuit half-open for good.</summary>
    [Fact]
    public async Task A_probe_that_meets_a_bug_reopens_too()
    {
        await OpenAsync();
        _time.Advance(Circuit.Break);
        Assert.IsType<InvalidCastException>(
            (await AskAsync(Task.FromException<object?>(new InvalidCastException()))).Exception
        );
        Assert.Equal(L2CircuitState.Open, Circuit.State);
    }

    [Fact]
    public async Task An_operation_that_gets_no_answer_ends_with_the_limit_and_counts_as_failed()
    {
        var limit = TimeSpan.FromMilliseconds(20);
        var circuit = new L2Circuit(() => redis.Connection.GetDatabase(), limit, _time);
        var never = new TaskCompletionSource<object?>();
        for (var i = 0; i < 2; i++)
        {
            var call = circuit.RunAsync(static (_, never) => never, never.Task).AsTask();
            _time.Advance(limit - TimeSpan.FromTicks(1));
            Assert.False(call.IsCompleted);
            _time.Advance(TimeSpan.FromTicks(1));
            Assert.IsType<TimeoutException>((await call.WaitAsync(Eventually.DefaultLimit, Cancellation)).Exception);
        }

        Assert.Equal(L2CircuitState.Open, circuit.State);
    }

    private async Task OpenAsync()
    {
        await FailAsync();
        await FailAsync();
        Assert.Equal(L2CircuitState.Open, Circuit.State);
    }

    private async Task FailAsync()
    {
        var asked = _asked;
        Assert.IsType<TimeoutException>(
            (await AskAsync(Task.FromException<object?>(new TimeoutException()))).Exception
        );
        Assert.Equal(asked + 1, _asked);
    }

    private async Task SucceedAsync()
    {
        var asked = _asked;
        var outcome = await AskAsync(Task.FromResult<object?>("answer"));
        Assert.Equal("answer", outcome.Result);
        Assert.Equal(asked + 1, _asked);
    }

    private async Task AssertPassedByAsync()
    {
        var asked = _asked;
        var call = AskAsync(Task.FromResult<object?>("answer"));

        // No caller waits: it completes where it is called.
        Assert.True(call.IsCompletedSuccessfully);
        Assert.IsType<BrokenCircuitException>((await call).Exception);
        Assert.Equal(asked, _asked);
    }

    private ValueTask<Outcome<object?>> AskAsync(Task<object?> answer) =>
        Circuit.RunAsync(
            static (_, call) =>
            {
                Interlocked.Increment(ref call.Test._asked);
                return call.Answer;
            },
            (Test: this, Answer: answer)
        );
}
