namespace RedisFlow.AspNetCore.Admin.Streams.Contracts;

/// <summary>A pause to come.</summary>
/// <param name="Reason">Why, for people: 1 to 500 characters, no control characters.</param>
internal sealed record PauseRequest(string? Reason);

/// <summary>That a group is paused.</summary>
/// <param name="Group">The group's name.</param>
/// <param name="Reason">Why.</param>
/// <param name="Since">Since when, by Redis's clock: since the first of several pauses.</param>
internal sealed record PauseResponse(string Group, string Reason, DateTimeOffset Since);

/// <summary>That a group goes on.</summary>
/// <param name="Group">The group's name.</param>
/// <param name="WasPaused">Whether it was paused.</param>
internal sealed record ResumeResponse(string Group, bool WasPaused);
