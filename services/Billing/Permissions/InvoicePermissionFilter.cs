using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using RedisFlow.Domain;
using RedisFlow.Services.Http;

namespace RedisFlow.Billing.Permissions;

/// <summary>
/// Lets only those pass who may preview invoices, and before anything else is answered, so that no one learns from a
/// 404 which companies there are. The caller is named by <see cref="UserIdHeader"/>, which a gateway has to set: it is
/// not proven here.
/// </summary>
internal sealed class InvoicePermissionFilter(UserPermissions permissions) : IEndpointFilter
{
    /// <summary>The header that names the caller by the user's id.</summary>
    public const string UserIdHeader = "X-User-Id";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        string? header = http.Request.Headers[UserIdHeader];
        if (
            !long.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var userId)
            || !EntityId.IsValid(userId)
        )
        {
            return Unauthenticated(
                http,
                $"Send the header {UserIdHeader} with the id of a user, e.g. {UserIdHeader}: 2."
            );
        }

        return await permissions.FindAsync(userId, http.RequestAborted) switch
        {
            null => Unauthenticated(http, $"{UserIdHeader}: there is no user with the id {userId}."),
            { MayPreviewInvoices: false } => Problems.Create(
                StatusCodes.Status403Forbidden,
                "Not allowed",
                $"User {userId} may not preview invoices; that takes the role {Roles.BillingRead} or {Roles.Admin}."
            ),
            _ => await next(context),
        };
    }

    private static ProblemHttpResult Unauthenticated(HttpContext context, FormattableString detail)
    {
        // RFC 9110, section 15.5.2: a 401 names what would authenticate.
        context.Response.Headers.WWWAuthenticate = UserIdHeader;
        return Problems.Create(StatusCodes.Status401Unauthorized, "Who is calling?", detail);
    }
}
