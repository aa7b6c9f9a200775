using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace RedisFlow.Streams.Configuration;

/// <summary>Stops the start on a bad setting, and says which one and what a good one looks like.</summary>
internal sealed class StreamOptionsValidator(StreamConnection connection, IHostEnvironment environment) : IValidateOptions<StreamOptions>
{
    public ValidateOptionsResult Validate(string? name, StreamOptions options)
    {
        var failures = new List<string>();
        Connection(failures);
        NameOf(failures, "Name", options.Name, "cache:invalidation");
        NameOf(failures, "Application", options.Application, "organization");
        NameOf(failures, "InstanceId", options.InstanceId, "organization-1");
        for (var i = 0; i < options.Groups.Count; i++)
        {
            NameOf(failures, $"Groups:{i}", options.Groups[i], "reporting");
        }

        if (options.Groups.Distinct(StringComparer.Ordinal).Count() != options.Groups.Count)
        {
            failures.Add($"Streams:Groups names a group twice ({string.Join(", ", options.Groups)}); name each once, e.g. [\"reporting\", \"analytics\"].");
        }

        Range(failures, "MaxConcurrency", options.MaxConcurrency, 1, 1024, "16");
        Range(failures, "MaxDeliveries", options.MaxDeliveries, 1, 1000, "5");
        Range(failures, "Lease", options.Lease, TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1), "00:00:30");
        Range(failures, "RetryDelay", options.RetryDelay, TimeSpan.Zero, TimeSpan.FromHours(1), "00:00:01");
        Range(failures, "StopTimeout", options.StopTimeout, TimeSpan.Zero, TimeSpan.FromMinutes(10), "00:00:10");
        if (options.RetryDelay >= options.Lease && options.Lease > TimeSpan.Zero)
        {
            failures.Add(
                $"Streams:RetryDelay is {options.RetryDelay}; it must be less than Streams:Lease ({options.Lease}), or another consumer takes the "
                + "message over while it waits, e.g. \"00:00:01\".");
        }

        Faults(failures, options.Faults);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void NameOf(List<string> failures, string setting, string value, string example)
    {
        // Braces would move the keys' hash tag.
        if (string.IsNullOrWhiteSpace(value) || value.Length > 200 || value.AsSpan().ContainsAny('{', '}'))
        {
            failures.Add($"Streams:{setting} is '{value}'; it must have 1 to 200 characters and no braces, e.g. \"{example}\".");
        }
    }

    private static void Range<T>(List<string> failures, string setting, T value, T lowest, T highest, string example)
        where T : IComparable<T>
    {
        if (value.CompareTo(lowest) < 0 || value.CompareTo(highest) > 0)
        {
            failures.Add($"Streams:{setting} is {value}; it must be between {lowest} and {highest}, e.g. \"{example}\".");
        }
    }

    private void Connection(List<string> failures)
    {
        var text = connection.ConnectionString;
        if (string.IsNullOrWhiteSpace(text))
        {
            failures.Add($"ConnectionStrings:{connection.Name} is not set; the streams need it, e.g. \"localhost:6379,password=…\".");
            return;
        }

        try
        {
            if (ConfigurationOptions.Parse(text, ignoreUnknown: true).EndPoints.Count == 0)
            {
                failures.Add($"ConnectionStrings:{connection.Name} names no server, e.g. \"localhost:6379,password=…\".");
            }
        }
        catch (ArgumentException exception)
        {
            failures.Add($"ConnectionStrings:{connection.Name} cannot be read ({exception.Message}), e.g. \"localhost:6379,password=…\".");
        }
    }

    private void Faults(List<string> failures, StreamFaultOptions faults)
    {
        if (faults.Enabled && environment.IsProduction())
        {
            failures.Add(
                "Streams:Faults:Enabled is true in the Production environment; it lets messages be held on purpose. Remove it, or set "
                + "DOTNET_ENVIRONMENT to e.g. \"Development\".");
        }
    }
}
