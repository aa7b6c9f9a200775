using Microsoft.Extensions.Options;
using RedisFlow.Streams.Configuration;

namespace RedisFlow.Streams.Health;

/// <summary>Stops the start on thresholds that cannot be, and says what good ones look like.</summary>
internal sealed class StreamLagOptionsValidator : IValidateOptions<StreamLagOptions>
{
    public ValidateOptionsResult Validate(string? name, StreamLagOptions options)
    {
        var failures = new SettingFailures(StreamLagOptions.SectionOf(name ?? ""));
        options.Validate(failures);
        return failures.Result;
    }
}
