using Microsoft.Extensions.Time.Testing;
using RedisFlow.Streams.Tailing;
using RedisFlow.Testing;

namespace RedisFlow.Streams.Tests;

/// <summary>A tail that rests is awake as soon as a caller waits for a position.</summary>
public sealed class TailProgressTests
{
    private static readonly TimeSpan Rest = TimeSpan.FromHours(1);
    private static readonly MessagePosition Later = new(2, 0);

    private readonly FakeTimeProvider _time = new();
    private readonly TailProgress _progress;

    public TailProgressTests() => _progress = new TailProgress(_time);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rest_ends_after_its_time()
    {
        var rest = _progress.RestAsync(Rest, Stop);
        Assert.False(rest.IsCompleted);

        _time.Advance(Rest);

        await rest.WaitAsync(Eventually.DefaultLimit, Stop);
    }

    [Fact]
    public async Task A_rest_ends_when_somebody_begins_to_wait()
    {
        var rest = _progress.RestAsync(Rest, Stop);

        var wait = _progress.WaitUntilAppliedAsync(Later, Stop);

        await rest.WaitAsync(Eventually.DefaultLimit, Stop);
        Assert.False(wait.IsCompleted);
        _progress.Applied(Later);
        await wait.WaitAsync(Eventually.DefaultLimit, Stop);
    }

    [Fact]
    public async Task There_is_no_rest_while_somebody_waits()
    {
        var wait = _progress.WaitUntilAppliedAsync(Later, Stop);
        Assert.True(_progress.RestAsync(Rest, Stop).IsCompleted);

        _progress.Applied(Later);
        await wait.WaitAsync(Eventually.DefaultLimit, Stop);

        Assert.False(_progress.RestAsync(Rest, Stop).IsCompleted);
    }
}
