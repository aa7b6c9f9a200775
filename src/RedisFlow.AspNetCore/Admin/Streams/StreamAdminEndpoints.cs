using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;
using RedisFlow.AspNetCore.Requests;
using RedisFlow.Streams;

namespace RedisFlow.AspNetCore.Admin.Streams;

/// <summary>
/// <c>/api/admin/streams</c>: the application's default stream and its consumer groups, for operators.
/// </summary>
public static class StreamAdminEndpoints
{
    private const string Paging =
        "Oldest first. What is added or goes between two pages makes none of the others be left out or come twice.";

    /// <summary>
    /// Maps what <see cref="IStreamMonitor"/> tells and <see cref="IStreamAdministration"/> does, behind the admin key,
    /// see
    /// <see cref="AdminKeyEndpoints"/>. State is Redis's: every instance of every service answers the same.
    /// </summary>
    /// <param name="endpoints">The service, which has added the stream engine.</param>
    /// <param name="group">
    /// The group that the service consumes the stream with: requests that name no other speak of it. <c>null</c>: it
    /// consumes nothing, and requests have to name a group where one is needed.
    /// </param>
    public static IEndpointRouteBuilder MapStreamAdminApi(this IEndpointRouteBuilder endpoints, string? group = null)
    {
        var groups = new GroupChoice(group);
        var streams = endpoints
            .MapGroup("/api/admin/streams")
            .WithTags("Streams")
            .RequireAdminKey()
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        MapQueries(streams, groups);
        MapCommands(streams, groups);
        return endpoints;
    }

    private static void MapQueries(RouteGroupBuilder streams, GroupChoice groups)
    {
        var queries = new StreamQueries(groups);

        streams
            .MapGet("/consumer-group", queries.ReadGroupAsync)
            .WithName("GetConsumerGroup")
            .WithSummary("Reads the state of a consumer group and its consumers")
            .OfGroup(groups);

        streams
            .MapGet("/pending-count", queries.ReadPendingCountAsync)
            .WithName("GetPendingCount")
            .WithSummary("Counts the messages that a group was given and has not acknowledged")
            .OfGroup(groups);

        streams
            .MapGet("/stream-length", StreamQueries.ReadStreamAsync)
            .WithName("GetStreamLength")
            .WithSummary("Reads how much there is in the stream, and the state of its groups");

        streams
            .MapGet("/pending", queries.ReadPendingAsync)
            .WithName("ListPending")
            .WithSummary("Lists the messages that a group was given and has not acknowledged")
            .OfGroup(groups, $"{Paging} Reading changes neither leases nor delivery counts.");

        streams
            .MapGet("/dead-letters", queries.ReadDeadLettersAsync)
            .WithName("ListDeadLetters")
            .WithSummary("Lists the messages that a group gave up, decoded")
            .OfGroup(
                groups,
                $"{Paging} A page may have fewer letters than its limit and still not be the last.",
                orAll: true
            );
    }

    private static void MapCommands(RouteGroupBuilder streams, GroupChoice groups)
    {
        var commands = new StreamCommands(groups);
        var operations = streams.MapGroup("");
        operations.WithRequestTimeout(
            new RequestTimeoutPolicy
            {
                Timeout = RequestLimits.AdminOperation,
                TimeoutStatusCode = StatusCodes.Status503ServiceUnavailable,
                WriteTimeoutResponse = RequestTimeoutProblem.WriteAsync,
            }
        );

        operations
            .MapPost("/claim-stale/{minIdleMs}", commands.ClaimStaleAsync)
            .WithName("ClaimStale")
            .WithSummary("Lets workers take over what was not renewed for some time")
            .OfGroup(
                groups,
                "As if the leases were over; workers look for such messages each half of a lease. Workers that are "
                    + "well renew "
                    + "theirs each third of Streams:LeaseDuration: with less than that, messages that are being "
                    + "handled may be handled twice at the same time. "
                    + "May be repeated."
            );

        operations
            .MapPost("/dead-letters/redrive", commands.RedriveAsync)
            .WithName("RedriveDeadLetters")
            .WithSummary("Publishes dead letters again, each for the group that gave it up")
            .OfGroup(
                groups,
                "With {\"positions\": [...]} those letters, of whichever group; with {\"all\": true} those of the "
                    + "group that are there now. A letter "
                    + "becomes one message however often this is repeated.",
                orAll: true
            );

        operations
            .MapPost("/pause", commands.PauseAsync)
            .WithName("PauseGroup")
            .WithSummary("Lets a group's workers begin no further messages, on all instances")
            .OfGroup(
                groups,
                "What is being handled is handled to its end. Paused again, the group has the new reason. Until it is "
                    + "resumed, nothing is trimmed that it has not settled."
            );

        operations
            .MapPost("/resume", commands.ResumeAsync)
            .WithName("ResumeGroup")
            .WithSummary("Lets a group's workers go on")
            .OfGroup(groups, "May be repeated.");

        operations
            .MapPost("/replay", commands.ReplayAsync)
            .WithName("ReplayGroup")
            .WithSummary("Delivers to a group again everything from a position or a time on")
            .OfGroup(
                groups,
                "Handlers see each of these messages once more. What was trimmed is gone, see oldestKept in the "
                    + "answer. May be repeated."
            );

        operations
            .MapPost("/trim", StreamCommands.TrimAsync)
            .WithName("TrimStream")
            .WithSummary("Removes what every group has settled and what is older than Streams:Retention")
            .WithDescription("Services that consume do so by themselves, each Streams:TrimInterval. May be repeated.");
    }

    /// <summary>For endpoints that speak of a group.</summary>
    private static void OfGroup(
        this RouteHandlerBuilder endpoint,
        GroupChoice groups,
        string about = "",
        bool orAll = false
    ) =>
        endpoint
            .WithDescription($"{about} {(orAll ? groups.DescriptionOrAll : groups.Description)}".TrimStart())
            .ProducesProblem(StatusCodes.Status404NotFound)
            .AddEndpointFilter(GroupChoice.AnswerUnknownAsync);
}
