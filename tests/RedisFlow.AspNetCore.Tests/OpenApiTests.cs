using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace RedisFlow.AspNetCore.Tests;

public sealed class OpenApiTests
{
    [Fact]
    public async Task The_document_is_there_in_production_and_has_the_services_name()
    {
        await using var service = await TestService.StartAsync(
            app =>
            {
                app.MapDefaultOpenApi();
                app.MapGet("/api/companies/{id}", (long id) => id);
            },
            builder => builder.AddDefaultOpenApi(),
            ("OTEL_SERVICE_NAME", "organization")
        );

        var (response, document) = await service.SendAsync(HttpMethod.Get, "/openapi/v1.json");

        Assert.True(response.IsSuccessStatusCode);
        Assert.Equal("organization API", document.GetProperty("info").GetProperty("title").GetString());
        Assert.NotEmpty(document.GetProperty("info").GetProperty("version").GetString()!);
        Assert.True(document.GetProperty("paths").TryGetProperty("/api/companies/{id}", out _));
    }
}
