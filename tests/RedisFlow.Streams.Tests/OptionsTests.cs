using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RedisFlow.Testing;

namespace RedisFlow.Streams.Tests;

public sealed class OptionsTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Theory]
    [InlineData("ConnectionStrings:redis", "", "localhost:6379")]
    [InlineData("Streams:Name", "a{b", "orders")]
    [InlineData("Streams:Groups:0", " ", "shipping")]
    [InlineData("Streams:MaxConcurrency", "0", "16")]
    [InlineData("Streams:MaxDeliveries", "0", "5")]
    [InlineData("Streams:LeaseDuration", "00:00:00", "00:00:30")]
    [InlineData("Streams:RetryDelay", "-00:00:01", "00:00:01")]
    [InlineData("Streams:RetryDelay", "02:00:00", "00:00:01")]
    [InlineData("Streams:MaxRetryDelay", "00:00:00.010", "00:00:30")]
    [InlineData("Streams:Prefetch", "15", "256")]
    [InlineData("Streams:Prefetch", "20000", "256")]
    [InlineData("Streams:PrefetchBytes", "65535", "67108864")]
    [InlineData("Streams:CircuitBreakerThreshold", "0", "5")]
    [InlineData("Streams:Retention", "-00:00:01", "01:00:00")]
    [InlineData("Streams:TrimInterval", "00:00:00", "00:01:00")]
    [InlineData("Streams:IdleConsumerRetention", "00:00:01", "1.00:00:00")]
    [InlineData("Streams:IdempotencyWindow", "00:00:00.5", "00:10:00")]
    [InlineData("Streams:MaxMessageSize", "10", "1048576")]
    [InlineData("Streams:ShutdownTimeout", "01:00:00", "00:00:10")]
    [InlineData("Streams:Durability:Replicas", "-1", "1")]
    [InlineData("Streams:Durability:Replicas", "0", "Durability:Fsync")]
    [InlineData("Streams:Durability:Timeout", "00:00:00", "00:00:01")]
    public async Task A_bad_setting_stops_the_start_with_its_name_and_an_example(
        string setting,
        string value,
        string example
    )
    {
        await using var host = TestHost.Build(
            redis.Server,
            TestHost.NewStream(),
            settings: new() { [setting] = value }
        );

        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => TestHost.StartAsync(host));

        Assert.Contains(setting, refused.Message, StringComparison.Ordinal);
        Assert.Contains(example, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_group_named_twice_is_refused()
    {
        await using var host = TestHost.Build(
            redis.Server,
            TestHost.NewStream(),
            settings: new() { ["Streams:Groups:0"] = "x", ["Streams:Groups:1"] = "x" }
        );

        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => TestHost.StartAsync(host));

        Assert.Contains("Streams:Groups names a group twice", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_configuration_leaves_out_is_filled_in()
    {
        var builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { ApplicationName = "tests" }
        );
        builder.Configuration["ConnectionStrings:redis"] = redis.Server.ConnectionString;
        builder.AddRedisStreams("redis", "orders", "billing").AddStreamConsumer("reporting");
        using var host = builder.Build();

        var options = host.Services.GetRequiredService<IOptions<StreamOptions>>().Value;

        Assert.Equal("orders", options.Name);
        Assert.Equal("tests", options.Application);
        Assert.StartsWith("tests-", options.InstanceId, StringComparison.Ordinal);
        Assert.Equal(["billing", "reporting"], options.Groups);
    }

    [Fact]
    public void The_streams_have_one_connection()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddRedisStreams("redis");
        builder.AddRedisStreams("redis");

        var refused = Assert.Throws<InvalidOperationException>(() => builder.AddRedisStreams("other"));

        Assert.Contains("'redis'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_default_stream_is_refused_with_what_to_call()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddRedisStreams("redis", "orders");

        var refused = Assert.Throws<InvalidOperationException>(() => builder.AddRedisStreams("redis", "letters"));

        Assert.Contains("AddStream(\"letters\")", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_call_adds_its_groups_and_the_name_if_there_was_none()
    {
        var builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { ApplicationName = "tests" }
        );
        builder.Configuration["ConnectionStrings:redis"] = redis.Server.ConnectionString;
        builder.AddRedisStreams("redis");
        builder.AddRedisStreams("redis", "orders", "billing");
        builder.AddRedisStreams("redis", "orders", "shipping", "billing");
        using var host = builder.Build();

        var options = host.Services.GetRequiredService<IOptions<StreamOptions>>().Value;

        Assert.Equal("orders", options.Name);
        Assert.Equal(["billing", "shipping"], options.Groups.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_code_sets_for_a_further_stream_or_for_all_stays()
    {
        var builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { ApplicationName = "tests" }
        );
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["ConnectionStrings:redis"] = redis.Server.ConnectionString,
                ["Streams:Groups:0"] = "billing",
            }
        );
        builder.Services.Configure<StreamOptions>("letters", options => options.Groups.Add("archive"));
        builder.Services.ConfigureAll<StreamOptions>(options => options.InstanceId = "shop-1");
        builder.AddRedisStreams("redis", "orders").AddStream("letters");
        using var host = builder.Build();

        var letters = host.Services.GetRequiredService<IOptionsMonitor<StreamOptions>>().Get("letters");

        Assert.Equal(["archive"], letters.Groups);
        Assert.Equal("shop-1", letters.InstanceId);
    }

    [Fact]
    public void A_further_stream_has_the_settings_of_the_default_one_but_its_name_and_groups()
    {
        var builder = Host.CreateEmptyApplicationBuilder(
            new HostApplicationBuilderSettings { ApplicationName = "tests" }
        );
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["ConnectionStrings:redis"] = redis.Server.ConnectionString,
                ["Streams:Groups:0"] = "billing",
                ["Streams:Prefetch"] = "99",
                ["Streams:MaxConcurrency"] = "7",
                ["Streams:Durability:Replicas"] = "2",
                ["Streams:Additional:letters:MaxConcurrency"] = "8",
            }
        );
        builder.AddRedisStreams("redis", "orders").AddStream("letters").AddStreamConsumer("archive");
        using var host = builder.Build();

        var letters = host.Services.GetRequiredService<IOptionsMonitor<StreamOptions>>().Get("letters");

        Assert.Equal(
            ("letters", 99, 8, 2),
            (letters.Name, letters.Prefetch, letters.MaxConcurrency, letters.Durability.Replicas)
        );
        Assert.Equal(["archive"], letters.Groups);
    }
}
