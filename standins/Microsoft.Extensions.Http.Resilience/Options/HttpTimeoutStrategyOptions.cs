using Polly.Timeout;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>A timeout.</summary>
public class HttpTimeoutStrategyOptions : TimeoutStrategyOptions
{
}
