using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RedisFlow.Streams;

namespace RedisFlow.Caching.Tests;

/// <summary>Policies that cannot work, or contradict themselves.</summary>
public sealed class PolicyRulesTests
{
    [Theory]
    [InlineData("Expiration", "00:00:00", "01:00:00")]
    [InlineData("LocalExpiration", "-00:00:01", "00:05:00")]
    [InlineData("NullExpiration", "-00:00:01", "00:00:30")]
    [InlineData("Jitter", "-00:00:01", "00:00:10")]
    [InlineData("FailSafe", "-00:00:01", "01:00:00")]
    [InlineData("FailSafeRetry", "02:00:00", "00:00:01")]
    [InlineData("SoftTimeout", "00:00:00", "00:00:00.200")]
    [InlineData("HardTimeout", "02:00:00", "00:00:05")]
    [InlineData("EagerRefresh", "1.5", "0.8")]
    [InlineData("EagerRefresh", "NaN", "0.8")]
    [InlineData("LoadLease", "00:00:00", "00:00:05")]
    [InlineData("ServeStaleWhileDisconnected", "02:00:00", "00:01:00")]
    [InlineData("KeyPrefix", "a\tb", "report")]
    public void A_value_that_cannot_work_is_named_with_an_example(string setting, string value, string example)
    {
        var failure = Assert.Throws<OptionsValidationException>(() => Options(new() { [setting] = value }));
        Assert.Contains($"Caching:Policies:reports:{setting} ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(example, failure.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string[]> Contradictions =>
        new()
        {
            { "LocalExpiration", ["Expiration=00:01:00", "LocalExpiration=00:02:00"] },
            { "NullExpiration", ["Expiration=00:01:00", "NullExpiration=00:02:00"] },
            { "Jitter", ["Expiration=00:01:00", "Jitter=00:01:00"] },
            { "Jitter", ["Expiration=01:00:00", "LocalExpiration=00:00:10", "Jitter=00:00:20"] },
            { "SoftTimeout", ["SoftTimeout=00:00:00.1"] },
            { "SoftTimeout", ["FailSafe=01:00:00", "SoftTimeout=00:00:02", "HardTimeout=00:00:01"] },
            { "HardTimeout", ["HardTimeout=00:00:40"] },
            { "LoadLease", ["LoadLease=00:00:40"] },
        };

    [Theory]
    [MemberData(nameof(Contradictions))]
    public void A_policy_that_contradicts_itself_is_refused(string setting, string[] settings)
    {
        var failure = Assert.Throws<OptionsValidationException>(() =>
            Options(settings.Select(one => one.Split('=')).ToDictionary(pair => pair[0], pair => (string?)pair[1]))
        );
        Assert.Contains(
            $"Caching:Policies:reports:{setting} ",
            Assert.Single(failure.Failures),
            StringComparison.Ordinal
        );
        Assert.Contains("e.g.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_policies_with_one_prefix_are_refused()
    {
        var failure = Assert.Throws<OptionsValidationException>(() =>
            Options(
                new() { ["KeyPrefix"] = "report:" },
                options => options.Policies["other"] = new CachePolicy { KeyPrefix = "report" }
            )
        );
        Assert.Contains(
            "Caching:Policies:reports:KeyPrefix is 'report', which the policy 'other' has too.",
            failure.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_policy_from_configuration_is_read_whole()
    {
        var policy = Options(
            new()
            {
                ["KeyPrefix"] = "report",
                ["Expiration"] = "04:00:00",
                ["LocalExpiration"] = "01:00:00",
                ["NullExpiration"] = "00:00:10",
                ["Jitter"] = "00:05:00",
                ["FailSafe"] = "12:00:00",
                ["FailSafeRetry"] = "00:00:02",
                ["SoftTimeout"] = "00:00:00.2",
                ["HardTimeout"] = "00:00:05",
                ["EagerRefresh"] = "0.8",
                ["LoadLease"] = "00:00:10",
                ["ServeStaleWhileDisconnected"] = "00:01:00",
            }
        ).Policies["reports"];
        Assert.Equal(
            new object?[]
            {
                "report",
                TimeSpan.FromHours(4),
                TimeSpan.FromHours(1),
                TimeSpan.FromSeconds(10),
                TimeSpan.FromMinutes(5),
                TimeSpan.FromHours(12),
                TimeSpan.FromSeconds(2),
                TimeSpan.FromSeconds(0.2),
                TimeSpan.FromSeconds(5),
                0.8,
                TimeSpan.FromSeconds(10),
                TimeSpan.FromMinutes(1),
            },
            [
                policy.KeyPrefix,
                policy.Expiration,
                policy.LocalExpiration,
                policy.NullExpiration,
                policy.Jitter,
                policy.FailSafe,
                policy.FailSafeRetry,
                policy.SoftTimeout,
                policy.HardTimeout,
                policy.EagerRefresh,
                policy.LoadLease,
                policy.ServeStaleWhileDisconnected,
            ]
        );
    }

    private static CachingOptions Options(
        Dictionary<string, string?> settings,
        Action<CachingOptions>? configure = null
    )
    {
        var builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { ApplicationName = "reporting" }
        );
        builder.Configuration.AddInMemoryCollection(
            settings.Select(one => KeyValuePair.Create($"Caching:Policies:reports:{one.Key}", one.Value))
        );
        builder.Services.AddSingleton<IStreamPublisher>(new TestStream());
        builder.Services.AddSingleton<IStreamTail>(new TestTail(TimeProvider.System));
        builder.Services.AddScoped<CacheInvalidationHandler>();
        builder.AddCache(configure);
        using var host = builder.Build();
        return host.Services.GetRequiredService<IOptions<CachingOptions>>().Value;
    }
}
