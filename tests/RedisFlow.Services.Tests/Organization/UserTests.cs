using System.Net;
using RedisFlow.Domain.Messages;

namespace RedisFlow.Services.Tests.Organization;

public sealed class UserTests(RunningSystem system)
{
    private static readonly string[] AdminAndViewer = ["admin", "viewer"];
    private static readonly string[] ViewerAdminViewer = ["viewer", "admin", "viewer"];

    [Fact]
    public async Task Sample_users_are_there()
    {
        var user = await system.Organization.GetUntilAsync("api/users/2", answer => answer.Status == HttpStatusCode.OK);
        Assert.Equal("Ben Billing", user.Json.GetProperty("name").GetString());
        Assert.Equal(HttpStatusCode.NotFound, (await system.Organization.GetAsync("api/users/99")).Status);
    }

    [Fact]
    public async Task Roles_are_replaced_and_survive_another_start()
    {
        await system.Organization.GetUntilAsync("api/users/4", answer => answer.Status == HttpStatusCode.OK);
        var answer = await system.Organization.SendJsonAsync(
            HttpMethod.Put,
            "api/users/4/roles",
            new { roles = ViewerAdminViewer }
        );

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var message = await system.MessageOfAsync(answer);
        Assert.Equal("user/4", message.Subject);
        Assert.Equal(AdminAndViewer, message.Payload.Unpack<UserRolesChanged>().Roles);

        var second = await system.StartAsync("Organization");
        await second.GetUntilAsync("api/users/1", read => read.Status == HttpStatusCode.OK);
        var read = await second.GetAsync("api/users/4");
        Assert.Equal(AdminAndViewer, read.Json.GetProperty("roles").EnumerateArray().Select(role => role.GetString()!));
        await second.DisposeAsync();

        var none = await system.Organization.SendJsonAsync(
            HttpMethod.Put,
            "api/users/4/roles",
            new { roles = Array.Empty<string>() }
        );
        Assert.Equal(0, none.Json.GetProperty("roles").GetArrayLength());
        var outdated = await system.Organization.SendJsonAsync(
            HttpMethod.Put,
            "api/users/4/roles",
            new { roles = AdminAndViewer },
            ("If-Match", answer.Header("ETag"))
        );
        Assert.Equal(HttpStatusCode.PreconditionFailed, outdated.Status);
    }
}
