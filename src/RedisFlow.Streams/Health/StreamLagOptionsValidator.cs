using Microsoft.Extensions.Options;
using RedisFlow.Streams.Configuration;

namespace RedisFlow.Streams;

/// <summary>
/// Refuses thresholds that cannot be, and says what good ones look like. <see cref="RedisStreamsBuilder.AddStreamLagCheck"/> adds it; applications that
/// read the options without the check add it themselves.
/// </summary>
public sealed class StreamLagOptionsValidator : IValidateOptions<StreamLagOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, StreamLagOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var failures = new SettingFailures(StreamLagOptions.SectionOf(name ?? ""));
        options.Validate(failures);
        return failures.Result;
    }
}
