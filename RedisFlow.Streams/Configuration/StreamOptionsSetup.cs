using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RedisFlow.Domain;

namespace RedisFlow.Streams.Configuration;

/// <summary>Fills in what configuration left out.</summary>
internal sealed class StreamOptionsSetup(IHostEnvironment environment) : IPostConfigureOptions<StreamOptions>
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
            foreach (var group in GroupNames.All)
            {
                options.Groups.Add(group);
            }
        }
    }
}
