using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RedisFlow.AspNetCore.Instances;
using RedisFlow.Streams;

namespace RedisFlow.AspNetCore.Tests;

public sealed class InstanceIdentityTests
{
    [Fact]
    public async Task The_setting_wins()
    {
        var identity = await IdentityAsync(
            ("Instance:Id", "billing-1"),
            ("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=abc"),
            ("OTEL_SERVICE_NAME", "billing")
        );

        Assert.Equal(new InstanceIdentity("billing", "billing-1"), identity);
        Assert.Equal("billing-1", identity.Name);
    }

    [Fact]
    public async Task The_orchestrators_id_comes_next()
    {
        var identity = await IdentityAsync(
            ("Instance:Id", " "),
            ("OTEL_RESOURCE_ATTRIBUTES", "a=b, service.instance.id=x%2Cy"),
            ("OTEL_SERVICE_NAME", "analytics")
        );

        Assert.Equal("x,y", identity.Id);
        Assert.Equal("analytics-x,y", identity.Name);
    }

    [Fact]
    public async Task Without_either_it_is_the_process()
    {
        var identity = await IdentityAsync(
            ("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id="),
            ("OTEL_SERVICE_NAME", null)
        );

        Assert.Equal($"{Environment.MachineName}-{Environment.ProcessId}", identity.Id);
        Assert.Equal("TestService", identity.Service);
    }

    [Theory]
    [InlineData(null, "billing-1")]
    [InlineData("chosen", "chosen")]
    public async Task The_stream_engine_works_under_this_identity_unless_its_own_settings_name_another(
        string? setting,
        string expected
    )
    {
        await using var service = await TestService.StartAsync(
            _ => { },
            configure: builder => builder.Services.AddOptions<StreamOptions>().BindConfiguration(StreamOptions.Section),
            ("Instance:Id", "billing-1"),
            ("OTEL_SERVICE_NAME", "billing"),
            (setting is null ? "Unrelated" : $"{StreamOptions.Section}:InstanceId", setting)
        );

        var options = service.Services.GetRequiredService<IOptions<StreamOptions>>().Value;

        Assert.Equal("billing", options.Application);
        Assert.Equal(expected, options.InstanceId);
    }

    private static async Task<InstanceIdentity> IdentityAsync(params (string Key, string? Value)[] settings)
    {
        await using var service = await TestService.StartAsync(_ => { }, configure: null, settings);
        return service.Services.GetRequiredService<InstanceIdentity>();
    }
}
