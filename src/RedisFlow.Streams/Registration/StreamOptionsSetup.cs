using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RedisFlow.Streams.Handlers;

namespace RedisFlow.Streams.Registration;

/// <summary>Fills in what configuration left out.</summary>
internal sealed class StreamOptionsSetup(
    IHostEnvironment environment,
    StreamDefaults defaults,
    IEnumerable<ConsumerRegistration> consumers
) : IPostConfigureOptions<StreamOptions>
{
    public void PostConfigure(string? name, StreamOptions options)
    {
        if (string.IsNullOrEmpty(options.Application))
        {
            options.Application = environment.ApplicationName;
        }

        if (string.IsNullOrEmpty(options.InstanceId))
        {
            options.InstanceId = string.Create(
                CultureInfo.InvariantCulture,
                $"{options.Application}-{Environment.MachineName}-{Environment.ProcessId}"
            );
        }

        var isDefault = string.IsNullOrEmpty(name);
        if (isDefault && string.IsNullOrEmpty(options.Name))
        {
            options.Name = defaults.Name;
        }

        if (options.Groups.Count == 0)
        {
            var consumed = consumers
                .Where(consumer => consumer.StreamKey == (name ?? ""))
                .Select(consumer => consumer.Group);
            foreach (var group in (isDefault ? defaults.Groups : []).Union(consumed))
            {
                options.Groups.Add(group);
            }
        }
    }
}
