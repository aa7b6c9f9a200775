using Microsoft.AspNetCore.Http;

namespace RedisFlow.AspNetCore.Problems;

/// <summary>A problem to answer, before it is completed with type, instance and trace.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">A short name of the kind of problem; the same for all of its kind.</param>
/// <param name="Detail">What is wrong in this case, and what to do about it.</param>
internal sealed record Problem(int Status, string Title, string Detail)
{
    /// <summary>What is wrong with each field of the request; <c>null</c> where no field is to blame.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    public static Problem Unavailable(string title, string detail) =>
        new(StatusCodes.Status503ServiceUnavailable, title, detail);

    public static Problem Invalid(string detail) => new(StatusCodes.Status400BadRequest, "Invalid request", detail);

    public static Problem Invalid(string field, string message) =>
        Invalid($"{field}: {message}") with
        {
            Errors = new Dictionary<string, string[]> { [field] = [message] },
        };
}
