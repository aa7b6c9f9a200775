using System.Diagnostics;

namespace Aspire.Hosting.ApplicationModel;

/// <param name="Source">The volume's name; <see langword="null"/> if it has none.</param>
/// <param name="Target">The path inside the container.</param>
/// <param name="MountType"><c>bind</c> or <c>volume</c>.</param>
/// <param name="IsReadOnly">True if the container cannot write to it.</param>
[DebuggerDisplay("{Source}", Name = "{Target}")]
public sealed record VolumeSnapshot(string? Source, string Target, string MountType, bool IsReadOnly);
