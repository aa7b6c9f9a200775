using System.Diagnostics;

namespace Aspire.Hosting.ApplicationModel;

/// <param name="Name">The variable's name.</param>
/// <param name="Value">The variable's value.</param>
/// <param name="IsFromSpec">True if the application model sets it, false if it is inherited from the environment.</param>
[DebuggerDisplay("{Value}", Name = "{Name}")]
public sealed record EnvironmentVariableSnapshot(string Name, string? Value, bool IsFromSpec);
