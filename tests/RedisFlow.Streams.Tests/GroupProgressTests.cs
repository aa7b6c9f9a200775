using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;
using RedisFlow.Streams.Health;

namespace RedisFlow.Streams.Tests;

/// <summary>
/// Which groups stand still, and what the health check says of them; with a clock that is moved by hand.
/// </summary>
public sealed class GroupProgressTests
{
    private static readonly StreamLagOptions Options = new()
    {
        DegradedAfter = TimeSpan.FromSeconds(30),
        UnhealthyAfter = TimeSpan.FromMinutes(2),
    };

    private readonly FakeTimeProvider _time = new();
    private readonly GroupProgress _progress;

    public GroupProgressTests() => _progress = new GroupProgress(_time);

    [Fact]
    public void A_group_that_stands_still_is_degraded_then_unhealthy_and_healthy_once_it_moves()
    {
        Assert.Equal(HealthStatus.Healthy, Look(At(5, lag: 3)));
        Assert.Equal(HealthStatus.Healthy, LookAfter(29.9, At(5, lag: 4)));
        Assert.Equal(HealthStatus.Degraded, LookAfter(0.1, At(5, lag: 4)));
        Assert.Equal(HealthStatus.Degraded, LookAfter(89.9, At(5, lag: 4)));
        Assert.Equal(HealthStatus.Unhealthy, LookAfter(0.1, At(5, lag: 900)));
        Assert.Equal(HealthStatus.Healthy, LookAfter(60, At(6, lag: 899)));
        Assert.Equal(HealthStatus.Degraded, LookAfter(30, At(6, lag: 899)));
    }

    [Fact]
    public void A_group_without_lag_may_stand_for_ever_and_its_time_begins_with_the_first_waiting_message()
    {
        Look(At(5, lag: 0));
        Assert.Equal(HealthStatus.Healthy, LookAfter(10_000, At(5, lag: 0)));
        Assert.Equal(HealthStatus.Healthy, LookAfter(10_000, At(5, lag: 1)));
        Assert.Equal(HealthStatus.Degraded, LookAfter(30, At(5, lag: 1)));
        Assert.Equal(HealthStatus.Healthy, LookAfter(1, At(5, lag: 0)));
        Assert.Equal(HealthStatus.Healthy, LookAfter(60, At(5, lag: 1)));
    }

    [Fact]
    public void A_full_worker_that_only_acknowledges_makes_progress()
    {
        Look(At(9, lag: 3, pending: 5, settled: 4));
        Assert.Equal(HealthStatus.Healthy, LookAfter(60, At(9, lag: 3, pending: 4, settled: 4)));
        Assert.Equal(HealthStatus.Healthy, LookAfter(60, At(9, lag: 3, pending: 4, settled: 5)));
        Assert.Equal(HealthStatus.Degraded, LookAfter(60, At(9, lag: 3, pending: 4, settled: 5)));
    }

    [Fact]
    public void An_unknown_lag_counts_while_the_last_entry_was_not_delivered()
    {
        Look(At(5, lag: null));
        Assert.Equal(HealthStatus.Degraded, LookAfter(30, At(5, lag: null)));
        Assert.Equal(HealthStatus.Healthy, LookAfter(30, At(1000, lag: null)));
        Assert.Equal(HealthStatus.Healthy, LookAfter(300, At(1000, lag: null)));
    }

    [Fact]
    public void A_declared_group_that_does_not_exist_is_behind_as_soon_as_there_is_anything()
    {
        var missing = At(0, lag: null) with { IsDeclared = true, Exists = false };
        Look(missing);
        Assert.Equal(HealthStatus.Unhealthy, LookAfter(120, missing));

        _progress.Observe(Stream(0, missing));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Empty(_progress.Observe(Stream(0, missing)));
    }

    [Fact]
    public void The_worst_group_decides_and_each_that_is_late_is_named_with_its_pause()
    {
        var moving = At(5, lag: 3);
        Look(moving, At(5, lag: 7, name: "h"));
        _time.Advance(TimeSpan.FromSeconds(80));
        Look(At(6, lag: 3), At(5, lag: 7, name: "h"));
        _time.Advance(TimeSpan.FromSeconds(40));

        var verdict = StreamLagCheck.Verdict(
            _progress.Observe(
                Stream(20, At(6, lag: 3), At(5, lag: 7, name: "h") with { Paused = new("maintenance", default) })
            ),
            Options
        );

        Assert.Equal(HealthStatus.Unhealthy, verdict.Status);
        Assert.Equal(
            "Group 'h' has made no progress for 120 s while 7 messages wait for it. It is paused: maintenance. "
                + "Group 'g' has made no progress for 40 s while 3 messages wait for it.",
            verdict.Description
        );
    }

    private HealthStatus LookAfter(double seconds, params GroupSnapshot[] groups)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        return Look(groups);
    }

    private HealthStatus Look(params GroupSnapshot[] groups) =>
        StreamLagCheck.Verdict(_progress.Observe(Stream(20, groups)), Options).Status;

    private static StreamSnapshot Stream(long length, params GroupSnapshot[] groups) =>
        new("s", length, new MessagePosition(1000, 0), 0, groups);

    private static GroupSnapshot At(
        ulong delivered,
        long? lag,
        long pending = 0,
        ulong? settled = null,
        string name = "g"
    ) =>
        new(
            "s",
            name,
            lag,
            pending,
            null,
            new MessagePosition(delivered, 0),
            new MessagePosition(settled ?? delivered, 0),
            []
        )
        {
            Exists = true,
        };
}
