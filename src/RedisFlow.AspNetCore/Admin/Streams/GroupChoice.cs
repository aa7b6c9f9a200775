using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using RedisFlow.AspNetCore.Problems;
using RedisFlow.Streams;

namespace RedisFlow.AspNetCore.Admin.Streams;

/// <summary>Of which group a request speaks: the one that it names, or else the service's own.</summary>
/// <param name="own">The service's own group; <c>null</c> if it consumes nothing.</param>
internal sealed class GroupChoice(string? own)
{
    /// <summary>The query's parameter.</summary>
    public const string Parameter = "group";

    /// <summary>Names all groups, where that is possible.</summary>
    public const string All = "*";

    /// <summary>Which group is meant by none, for the OpenAPI document.</summary>
    public string Description =>
        own is null ? "The service has no group of its own: name one." : $"The service's own group is {own}.";

    /// <summary>The same where all groups can be meant.</summary>
    public string DescriptionOrAll =>
        own is null
            ? "The service has no group of its own: without one, letters of all groups are meant."
            : Description;

    /// <summary>
    /// The group that the request speaks of; if it speaks of none, an error that names those that it could.
    /// </summary>
    public async Task<string?> ChooseAsync(
        string? asked,
        IStreamMonitor monitor,
        RequestErrors errors,
        CancellationToken cancellationToken
    )
    {
        // Empty is what a variable is that was never set: what was meant for one group must not reach another.
        if (asked is null ? own is not null : !string.IsNullOrWhiteSpace(asked))
        {
            return asked ?? own;
        }

        var known = KnownTo(await monitor.GetSnapshotAsync(cancellationToken));
        errors.Add(
            Parameter,
            asked is null
                ? $"This service has no consumer group of its own; name one with ?{Parameter}=. {Listed(known)}"
                : $"The name is empty. {Listed(known)}"
        );
        return null;
    }

    /// <summary>
    /// The group whose dead letters the request speaks of; <c>null</c>: those of all groups, which it may ask for with
    /// <see cref="All"/>, and which a service without a group of its own means by default.
    /// </summary>
    /// <exception cref="ConsumerGroupNotFoundException">The stream has no such group.</exception>
    public async Task<string?> ChooseOrAllAsync(
        string? asked,
        IStreamMonitor monitor,
        RequestErrors errors,
        CancellationToken cancellationToken
    )
    {
        if (asked is null or All)
        {
            return asked is null ? own : null;
        }

        var group = await ChooseAsync(asked, monitor, errors, cancellationToken);
        if (group is not null)
        {
            Find(await monitor.GetSnapshotAsync(cancellationToken), group);
        }

        return group;
    }

    /// <summary>The group's state.</summary>
    /// <exception cref="ConsumerGroupNotFoundException">The stream has no such group.</exception>
    public static GroupSnapshot Find(StreamSnapshot stream, string group) =>
        stream.Groups.FirstOrDefault(known => known.Name == group)
        ?? throw new ConsumerGroupNotFoundException(stream, group);

    /// <summary>
    /// Answers with 404 where an operation found out that there is no such group, as only the operation can know.
    /// </summary>
    public static async ValueTask<object?> AnswerUnknownAsync(
        EndpointFilterInvocationContext context,
        EndpointFilterDelegate next
    )
    {
        try
        {
            return await next(context);
        }
        catch (ConsumerGroupNotFoundException exception)
        {
            return NotFound(exception);
        }
    }

    private static ProblemHttpResult NotFound(ConsumerGroupNotFoundException missing) =>
        TypedResults.Problem(
            statusCode: StatusCodes.Status404NotFound,
            title: "Consumer group not found",
            detail: missing.IsDeclared
                ? $"The stream {missing.Stream} does not have the group '{missing.Group}' yet: it is declared, and "
                    + "created when a service that declares it starts."
                : $"The stream {missing.Stream} has no group '{RequestErrors.Excerpt(missing.Group)}'. "
                    + Listed(missing.KnownGroups),
            extensions: new Dictionary<string, object?> { ["knownGroups"] = missing.KnownGroups }
        );

    private static string[] KnownTo(StreamSnapshot stream) => [.. stream.Groups.Select(group => group.Name)];

    private static string Listed(IReadOnlyCollection<string> known) =>
        known.Count == 0 ? "The stream has no groups yet." : $"The stream's groups: {string.Join(", ", known)}.";
}
