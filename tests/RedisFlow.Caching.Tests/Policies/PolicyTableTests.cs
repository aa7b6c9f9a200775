using Microsoft.Extensions.Caching.Hybrid;
using RedisFlow.Caching.Policies;

namespace RedisFlow.Caching.Tests;

public sealed class PolicyTableTests
{
    [Theory]
    [InlineData("report", "reports")]
    [InlineData("report:18", "reports")]
    [InlineData("report:17:page:2", "pages")]
    [InlineData("report:17:pages", "reports of 17")]
    [InlineData("reports:17", "default")]
    [InlineData("other", "default")]
    public void The_longest_prefix_that_ends_at_a_boundary_holds(string key, string policy)
    {
        var options = new CachingOptions();
        options.Policies["reports"] = new CachePolicy { KeyPrefix = "report:" };
        options.Policies["reports of 17"] = new CachePolicy { KeyPrefix = "report:17" };
        options.Policies["pages"] = new CachePolicy { KeyPrefix = "report:17:page" };

        Assert.Equal(policy, new PolicyTable(options).Of(key).Name);
    }

    [Fact]
    public void A_policy_without_a_prefix_takes_what_no_other_takes()
    {
        var options = new CachingOptions();
        options.Policies["rest"] = new CachePolicy { Expiration = TimeSpan.FromHours(1) };
        options.Policies["reports"] = new CachePolicy { KeyPrefix = "report" };
        var table = new PolicyTable(options);

        Assert.Equal("rest", table.Of("other").Name);
        Assert.Equal(["reports", "rest"], table.All.Select(policy => policy.Name));
    }

    [Fact]
    public void What_a_policy_leaves_open_is_taken_from_the_settings()
    {
        var options = new CachingOptions
        {
            DefaultExpiration = TimeSpan.FromMinutes(8),
            DefaultLocalExpiration = TimeSpan.FromMinutes(2),
        };
        var open = new KeyPolicy("open", new CachePolicy(), options);
        Assert.Equal((TimeSpan.FromMinutes(8), TimeSpan.FromMinutes(2)), (open.Expiration, open.LocalExpiration));

        // The default for memory belongs to the default lifetime.
        var longer = new KeyPolicy("longer", new CachePolicy { Expiration = TimeSpan.FromHours(4) }, options);
        Assert.Equal((TimeSpan.FromHours(4), TimeSpan.FromHours(4)), (longer.Expiration, longer.LocalExpiration));

        var brief = new KeyPolicy("brief", new CachePolicy { Expiration = TimeSpan.FromSeconds(2) }, options);
        Assert.Equal(TimeSpan.FromSeconds(2), brief.NullExpiration);
        Assert.Equal(TimeSpan.FromSeconds(30), longer.NullExpiration);
    }

    [Fact]
    public void What_a_call_says_wins_over_the_policy()
    {
        var policy = new KeyPolicy(
            "reports",
            new CachePolicy { Expiration = TimeSpan.FromHours(4), LocalExpiration = TimeSpan.FromHours(1) },
            new CachingOptions()
        );
        Assert.Equal(new Lifetime(TimeSpan.FromHours(4), TimeSpan.FromHours(1)), Lifetime(null));
        Assert.Equal(
            new Lifetime(TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(9)),
            Lifetime(new() { Expiration = TimeSpan.FromMinutes(9) })
        );
        Assert.Equal(
            new Lifetime(TimeSpan.FromHours(4), TimeSpan.FromMinutes(3)),
            Lifetime(new() { LocalCacheExpiration = TimeSpan.FromMinutes(3) })
        );
        Assert.Equal(
            new Lifetime(TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(9)),
            Lifetime(new() { Expiration = TimeSpan.FromMinutes(9), LocalCacheExpiration = TimeSpan.FromMinutes(10) })
        );

        Lifetime Lifetime(HybridCacheEntryOptions? call) =>
            new EntryPlan(policy, call).LifetimeOf(isNull: false, chance: 0);
    }

    [Fact]
    public void More_than_the_longest_lifetime_is_as_long_as_possible()
    {
        var policy = new KeyPolicy(
            "reports",
            new CachePolicy { Jitter = TimeSpan.FromMinutes(1) },
            new CachingOptions()
        );
        foreach (
            var endless in new[]
            {
                TimeSpan.MaxValue,
                TimeSpan.MaxValue - TimeSpan.FromTicks(1),
                TimeSpan.FromDays(400_000),
            }
        )
        {
            var call = new HybridCacheEntryOptions { Expiration = endless, LocalCacheExpiration = endless };
            Assert.Equal(
                new Lifetime(EntryPlan.LongestLifetime, EntryPlan.LongestLifetime),
                new EntryPlan(policy, call).LifetimeOf(isNull: false, chance: 0)
            );
            Assert.True(
                new EntryPlan(policy, call).LifetimeOf(isNull: false, chance: 1).Local > TimeSpan.FromDays(364)
            );
        }
    }

    [Fact]
    public void Nothing_lives_as_long_as_the_policy_says_and_not_longer_than_something()
    {
        var policy = new KeyPolicy(
            "reports",
            new CachePolicy { NullExpiration = TimeSpan.FromSeconds(5) },
            new CachingOptions()
        );
        Assert.Equal(TimeSpan.FromSeconds(5), new EntryPlan(policy, null).LifetimeOf(isNull: true, 0).Whole);
        Assert.Equal(TimeSpan.FromSeconds(5), new EntryPlan(policy, null).LifetimeOf(isNull: true, 0).Local);
        Assert.Equal(
            TimeSpan.FromSeconds(1),
            new EntryPlan(policy, new HybridCacheEntryOptions { Expiration = TimeSpan.FromSeconds(1) })
                .LifetimeOf(isNull: true, 0)
                .Whole
        );
    }

    [Fact]
    public void Jitter_takes_off_up_to_its_whole_and_never_more_than_half_of_a_lifetime()
    {
        var policy = new KeyPolicy(
            "reports",
            new CachePolicy
            {
                Expiration = TimeSpan.FromMinutes(10),
                LocalExpiration = TimeSpan.FromMinutes(5),
                Jitter = TimeSpan.FromMinutes(1),
            },
            new CachingOptions()
        );
        var plan = new EntryPlan(policy, null);
        Assert.Equal(
            new Lifetime(TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(5)),
            plan.LifetimeOf(isNull: false, chance: 0)
        );
        Assert.Equal(
            new Lifetime(TimeSpan.FromMinutes(9.5), TimeSpan.FromMinutes(4.5)),
            plan.LifetimeOf(isNull: false, chance: 0.5)
        );
        Assert.Equal(
            new Lifetime(TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(4)),
            plan.LifetimeOf(isNull: false, chance: 1)
        );

        var brief = new EntryPlan(policy, new HybridCacheEntryOptions { Expiration = TimeSpan.FromSeconds(10) });
        Assert.Equal(TimeSpan.FromSeconds(5), brief.LifetimeOf(isNull: false, chance: 1).Whole);
    }
}
