using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>Checks the data annotations of the options and of their parts.</summary>
[OptionsValidator]
internal sealed partial class HttpStandardResilienceOptionsAnnotations : IValidateOptions<HttpStandardResilienceOptions>
{
    public static HttpStandardResilienceOptionsAnnotations Instance { get; } = new();
}
