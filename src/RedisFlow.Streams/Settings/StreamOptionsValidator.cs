using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace RedisFlow.Streams.Settings;

/// <summary>Stops the start on a bad setting, and says which one and what a good one looks like.</summary>
internal sealed class StreamOptionsValidator(StreamConnection connection) : IValidateOptions<StreamOptions>
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    public ValidateOptionsResult Validate(string? name, StreamOptions options)
    {
        var failures = new SettingFailures(StreamOptions.SectionOf(name ?? ""));
        Connection(failures);
        Names(failures, options);
        Delivery(failures, options);
        Retention(failures, options);
        Publishing(failures, options);
        Durability(failures, options.Durability);
        return failures.Result;
    }

    private static void Names(SettingFailures failures, StreamOptions options)
    {
        failures.Name("Name", options.Name, "orders");
        failures.Name("Application", options.Application, "shop");
        failures.Name("InstanceId", options.InstanceId, "shop-1");
        for (var i = 0; i < options.Groups.Count; i++)
        {
            failures.Name($"Groups:{i}", options.Groups[i], "shipping");
        }

        if (options.Groups.Count == 0)
        {
            failures.Add(
                "Groups",
                "is empty, and this application consumes the stream with no group; name those that must receive it, "
                    + "e.g. [\"shipping\"]."
            );
        }

        if (options.Groups.Distinct(StringComparer.Ordinal).Count() != options.Groups.Count)
        {
            failures.Add(
                "Groups",
                $"names a group twice ({string.Join(", ", options.Groups)}); "
                    + "name each once, e.g. [\"shipping\", \"invoicing\"]."
            );
        }
    }

    private static void Delivery(SettingFailures failures, StreamOptions options)
    {
        failures.Range("MaxConcurrency", options.MaxConcurrency, 1, 1024, "16");
        failures.Range("Prefetch", options.Prefetch, 1, 10_000, "256");
        failures.Range("PrefetchBytes", options.PrefetchBytes, 65_536, 1024 * 1024 * 1024, "67108864");
        failures.Range("MinThreads", options.MinThreads, 0, 1024, "64");
        failures.Range("MaxDeliveries", options.MaxDeliveries, 1, 1000, "5");
        failures.Range("CircuitBreakerThreshold", options.CircuitBreakerThreshold, 1, 1000, "5");
        failures.Range(
            "LeaseDuration",
            options.LeaseDuration,
            TimeSpan.FromMilliseconds(100),
            TimeSpan.FromDays(1),
            "00:00:30"
        );
        failures.Range("RetryDelay", options.RetryDelay, TimeSpan.Zero, TimeSpan.FromHours(1), "00:00:01");
        failures.Range("MaxRetryDelay", options.MaxRetryDelay, TimeSpan.Zero, TimeSpan.FromDays(1), "00:00:30");
        failures.Range("ShutdownTimeout", options.ShutdownTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(10), "00:00:10");
        if (options.Prefetch < options.MaxConcurrency)
        {
            failures.Add(
                "Prefetch",
                $"is {options.Prefetch}. It must be at least MaxConcurrency ({options.MaxConcurrency}), or some lanes "
                    + "never have a message, e.g. 256."
            );
        }

        if (options.MaxRetryDelay < options.RetryDelay)
        {
            failures.Add(
                "MaxRetryDelay",
                $"is {options.MaxRetryDelay}. It must be at least RetryDelay ({options.RetryDelay}), e.g. \"00:00:30\"."
            );
        }
    }

    private static void Retention(SettingFailures failures, StreamOptions options)
    {
        if (options.Retention != Timeout.InfiniteTimeSpan)
        {
            failures.Range("Retention", options.Retention, TimeSpan.Zero, Longest, "01:00:00");
        }

        failures.Range("ParkedRetention", options.ParkedRetention, TimeSpan.Zero, Longest, "7.00:00:00");
        failures.Range(
            "TrimInterval",
            options.TrimInterval,
            TimeSpan.FromMilliseconds(100),
            TimeSpan.FromDays(1),
            "00:01:00"
        );
        failures.Range(
            "IdleConsumerRetention",
            options.IdleConsumerRetention,
            TimeSpan.FromMinutes(1),
            Longest,
            "1.00:00:00"
        );
    }

    private static void Publishing(SettingFailures failures, StreamOptions options)
    {
        failures.Range(
            "IdempotencyWindow",
            options.IdempotencyWindow,
            TimeSpan.FromSeconds(1),
            TimeSpan.FromDays(1),
            "00:10:00"
        );
        failures.Range("MaxMessageSize", options.MaxMessageSize, 1024, 512 * 1024 * 1024, "1048576");
    }

    private static void Durability(SettingFailures failures, StreamDurabilityOptions durability)
    {
        failures.Range("Durability:Replicas", durability.Replicas, 0, 100, "1");
        failures.Range(
            "Durability:Timeout",
            durability.Timeout,
            TimeSpan.FromMilliseconds(10),
            TimeSpan.FromMinutes(1),
            "00:00:01"
        );
        if (durability is { Replicas: 0, Fsync: false })
        {
            failures.Add(
                "Durability:Replicas",
                "is 0, so there is nothing to wait for; name the number of replicas, e.g. 1, or set "
                    + "Durability:Fsync."
            );
        }
    }

    private void Connection(SettingFailures failures)
    {
        var text = connection.ConnectionString;
        if (string.IsNullOrWhiteSpace(text))
        {
            failures.Add(
                $"ConnectionStrings:{connection.Name} is not set; the streams need it, e.g. "
                    + "\"localhost:6379,password=…\"."
            );
            return;
        }

        try
        {
            if (ConfigurationOptions.Parse(text, ignoreUnknown: true).EndPoints.Count == 0)
            {
                failures.Add(
                    $"ConnectionStrings:{connection.Name} names no server, e.g. \"localhost:6379,password=…\"."
                );
            }
        }
        catch (ArgumentException exception)
        {
            failures.Add(
                $"ConnectionStrings:{connection.Name} cannot be read ({exception.Message}), e.g. "
                    + "\"localhost:6379,password=…\"."
            );
        }
    }
}
