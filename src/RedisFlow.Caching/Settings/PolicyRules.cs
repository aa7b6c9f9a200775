using RedisFlow.Caching.Keys;
using RedisFlow.Caching.Policies;
using RedisFlow.Streams;

namespace RedisFlow.Caching.Settings;

/// <summary>Finds what is wrong with policies, and what contradicts itself in them.</summary>
internal sealed class PolicyRules(CachingOptions options, SettingFailures failures)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Longest = EntryPlan.LongestLifetime;
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public void Check()
    {
        foreach (var (name, policy) in options.Policies)
        {
            CheckValues(name, policy);
            CheckContradictions(name, policy);
        }

        foreach (
            var same in options
                .Policies.GroupBy(pair => InvalidationRules.NormalizePrefix(pair.Value.KeyPrefix))
                .Where(same => same.Count() > 1)
        )
        {
            var names = same.Select(pair => pair.Key).Order(StringComparer.Ordinal).ToArray();
            Fail(
                names[1],
                nameof(CachePolicy.KeyPrefix),
                $"is '{same.Key}', which the policy '{names[0]}' has too. Each needs a prefix of its own, e.g. "
                    + "\"report\"."
            );
        }
    }

    private void CheckValues(string name, CachePolicy policy)
    {
        var path = Path(name);
        if (
            policy.KeyPrefix.Length > CacheKey.MaxLength
            || CacheKey.IndexOfRefused(policy.KeyPrefix) >= 0
            || (policy.KeyPrefix.Length > 0 && string.IsNullOrWhiteSpace(policy.KeyPrefix))
        )
        {
            Fail(
                name,
                nameof(policy.KeyPrefix),
                $"has {policy.KeyPrefix.Length} characters. It must have at most {CacheKey.MaxLength}, no control "
                    + "characters or halves of surrogate pairs, and not only spaces, e.g. \"report\"."
            );
        }

        failures.Range($"{path}:Expiration", policy.Expiration, Shortest, Longest, "01:00:00");
        failures.Range($"{path}:LocalExpiration", policy.LocalExpiration, Shortest, Longest, "00:05:00");
        failures.Range($"{path}:NullExpiration", policy.NullExpiration, TimeSpan.Zero, Longest, "00:00:30");
        failures.Range($"{path}:Jitter", policy.Jitter, TimeSpan.Zero, Longest, "00:00:10");
        failures.Range($"{path}:FailSafe", policy.FailSafe, TimeSpan.Zero, Longest, "01:00:00");
        failures.Range($"{path}:FailSafeRetry", policy.FailSafeRetry, TimeSpan.Zero, Hour, "00:00:01");
        failures.Range($"{path}:SoftTimeout", policy.SoftTimeout, Shortest, Hour, "00:00:00.200");
        failures.Range($"{path}:HardTimeout", policy.HardTimeout, Shortest, Hour, "00:00:05");
        failures.Range($"{path}:LoadLease", policy.LoadLease, Shortest, Hour, "00:00:05");
        failures.Range(
            $"{path}:ServeStaleWhileDisconnected",
            policy.ServeStaleWhileDisconnected,
            TimeSpan.Zero,
            Hour,
            "00:01:00"
        );
        failures.Range($"{path}:EagerRefresh", policy.EagerRefresh, 0.1, 0.95, "0.8");
    }

    private void CheckContradictions(string name, CachePolicy policy)
    {
        var expiration = policy.Expiration ?? options.DefaultExpiration;
        var local = new KeyPolicy(name, policy, options).LocalExpiration;
        NotLonger(name, nameof(policy.LocalExpiration), policy.LocalExpiration, expiration, "Expiration");
        NotLonger(name, nameof(policy.NullExpiration), policy.NullExpiration, expiration, "Expiration");
        NotLonger(
            name,
            nameof(policy.HardTimeout),
            policy.HardTimeout,
            options.MaxLoadTime,
            "MaxLoadTime, after which no load is stored"
        );
        NotLonger(
            name,
            nameof(policy.LoadLease),
            policy.LoadLease,
            options.MaxLoadTime,
            "MaxLoadTime, after which no load is stored"
        );
        if (policy.Jitter > TimeSpan.Zero && policy.Jitter >= local)
        {
            Fail(
                name,
                nameof(policy.Jitter),
                $"is {policy.Jitter}. It must be shorter than the lifetime in memory, {local}, e.g. \"{local / 10}\"."
            );
        }

        if (policy.SoftTimeout is { } soft)
        {
            if (policy.FailSafe <= TimeSpan.Zero)
            {
                Fail(
                    name,
                    nameof(policy.SoftTimeout),
                    $"is {soft}, but without FailSafe there is nothing to serve instead. Set FailSafe, e.g. "
                        + "\"01:00:00\", or leave SoftTimeout out."
                );
            }

            if (soft >= policy.HardTimeout)
            {
                Fail(
                    name,
                    nameof(policy.SoftTimeout),
                    $"is {soft}. It must be shorter than HardTimeout, {policy.HardTimeout}, e.g. "
                        + $"\"{policy.HardTimeout / 2}\"."
                );
            }
        }
    }

    private void NotLonger(string name, string setting, TimeSpan? value, TimeSpan limit, string limitName)
    {
        if (value > limit)
        {
            Fail(name, setting, $"is {value}. It must not be longer than {limitName}, {limit}, e.g. \"{limit}\".");
        }
    }

    private void Fail(string name, string setting, string failure) => failures.Add($"{Path(name)}:{setting}", failure);

    private static string Path(string name) => $"Policies:{name}";
}
