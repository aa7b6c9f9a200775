using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RedisFlow.Domain;
using RedisFlow.Streams.Consuming;

namespace RedisFlow.Streams.Configuration;

/// <summary>Fills in what configuration left out.</summary>
internal sealed class StreamOptionsSetup(IHostEnvironment environment, IEnumerable<ConsumerRegistration> consumers) : IPostConfigureOptions<StreamOptions>
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
                CultureInfo.InvariantCulture, $"{options.Application}-{Environment.MachineName}-{Environment.ProcessId}");
        }

        if (options.Groups.Count == 0)
        {
            // An additional stream has at least the groups that this application consumes it with.
            var isDefault = string.IsNullOrEmpty(name);
            foreach (var group in isDefault ? GroupNames.All : consumers.Where(consumer => consumer.StreamKey == name).Select(consumer => consumer.Group))
            {
                options.Groups.Add(group);
            }
        }
    }
}
