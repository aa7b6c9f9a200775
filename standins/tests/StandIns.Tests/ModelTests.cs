using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;
using Microsoft.Extensions.Logging.Abstractions;

namespace StandIns.Tests;

/// <summary>What a description of an application means, without running it.</summary>
public sealed class ModelTests
{
    private readonly IDistributedApplicationBuilder _builder =
        DistributedApplication.CreateBuilder(new DistributedApplicationOptions { DisableDashboard = true });

    [Fact]
    public async Task A_reference_to_redis_gives_the_connection_string_and_its_parts()
    {
        var password = _builder.AddParameter("password", () => "p@ss", secret: true);
        var redis = _builder.AddRedis("redis", password: password);
        Allocate(redis, 4242);
        var service = _builder.AddExecutable("service", "true", ".").WithReference(redis);

        var environment = await EnvironmentOf(service);

        Assert.Equal("localhost:4242,password=p@ss", environment["ConnectionStrings__redis"]);
        Assert.Equal("localhost", environment["REDIS_HOST"]);
        Assert.Equal("4242", environment["REDIS_PORT"]);
        Assert.Equal("p@ss", environment["REDIS_PASSWORD"]);
        Assert.Equal("redis://:p%40ss@localhost:4242", environment["REDIS_URI"]);
    }

    [Fact]
    public async Task Redis_runs_one_shell_command_line_that_keeps_its_data()
    {
        var redis = _builder.AddRedis("redis", password: _builder.AddParameter("password", () => "secret", secret: true))
            .WithDataVolume("data")
            .WithPersistence(TimeSpan.FromSeconds(5))
            .WithArgs("--appendonly", "yes");

        var spec = await DcpSpecFactory.CreateContainerAsync(redis.Resource, await ConfigurationOf(redis.Resource), CancellationToken.None);

        Assert.Equal("docker.io/library/redis:8.6", spec.Image);
        Assert.Equal("/bin/sh", spec.Command);
        Assert.Equal(["-c", "redis-server --requirepass $REDIS_PASSWORD --save 5 1 --appendonly yes"], spec.Args);
        Assert.Equal(new ContainerMount("volume", "data", "/data", ReadOnly: false), Assert.Single(spec.VolumeMounts));
        Assert.Equal(6379, Assert.Single(spec.Ports).ContainerPortNumber);
    }

    [Fact]
    public async Task Two_endpoints_of_one_name_are_refused_and_a_port_variable_names_the_processs_own_port()
    {
        var service = _builder.AddExecutable("service", "true", ".").WithHttpEndpoint(env: "PORT");
        Assert.Throws<DistributedApplicationException>(() => service.WithHttpEndpoint());
        Allocate(service, 5000, "{{- portForServing \"service\" -}}", "http");

        Assert.Equal("{{- portForServing \"service\" -}}", (await EnvironmentOf(service))["PORT"]);
    }

    [Fact]
    public async Task An_expression_escapes_braces_and_encodes_for_uris()
    {
        var value = _builder.AddParameter("value", () => "a b");

        var expression = ReferenceExpression.Create($"{{x}} {value.Resource} {value.Resource:uri}");

        Assert.Equal("{x} a b a%20b", await expression.GetValueAsync(CancellationToken.None));
        Assert.Equal("{x} {value.value} {value.value}", expression.ValueExpression);
    }

    [Fact]
    public void Names_are_unique_and_fit_host_names()
    {
        _builder.AddExecutable("service", "true", ".");

        Assert.Throws<DistributedApplicationException>(() => _builder.AddExecutable("SERVICE", "true", "."));
        Assert.Throws<ArgumentException>(() => _builder.AddExecutable("a_b", "true", "."));
    }

    [Fact]
    public void A_resource_cannot_wait_for_itself()
    {
        var service = _builder.AddExecutable("service", "true", ".");

        Assert.Throws<DistributedApplicationException>(() => service.WaitFor(service));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_generated_password_has_the_characters_that_were_asked_for(bool special)
    {
        var generator = new GenerateParameterDefault { Special = special, MinSpecial = special ? 2 : 0, MinNumeric = 3 };

        var password = generator.GetDefaultValue();

        Assert.Equal(22, password.Length);
        Assert.True(password.Count(char.IsAsciiDigit) >= 3);
        Assert.Equal(special, password.Any(c => !char.IsAsciiLetterOrDigit(c)));
        Assert.NotEqual(password, generator.GetDefaultValue());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("chosen")]
    public async Task A_generated_parameter_has_one_value_for_all_and_the_configured_one_wins(string? configured)
    {
        _builder.Configuration["Parameters:key"] = configured;
        var key = _builder.AddParameter("key", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true, persist: true);
        var first = await EnvironmentOf(_builder.AddExecutable("first", "true", ".").WithEnvironment("Admin__Key", key));
        var second = await EnvironmentOf(_builder.AddExecutable("second", "true", ".").WithEnvironment("Admin__Key", key));

        Assert.True(key.Resource.Secret);
        Assert.Equal(configured is null ? 32 : configured.Length, first["Admin__Key"]!.Length);
        Assert.Equal(configured ?? first["Admin__Key"], second["Admin__Key"]);
    }

    [Fact]
    public async Task A_missing_parameter_names_its_setting()
    {
        var missing = _builder.AddParameter("missing");

        var exception = await Assert.ThrowsAsync<MissingParameterValueException>(() => missing.Resource.GetValueAsync(CancellationToken.None).AsTask());
        Assert.Contains("Parameters:missing", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_string_comes_from_the_configuration()
    {
        _builder.Configuration["ConnectionStrings:redis"] = "elsewhere:6379";
        var redis = _builder.AddConnectionString("redis");
        var service = _builder.AddExecutable("service", "true", ".").WithReference(redis);

        Assert.Equal("elsewhere:6379", (await EnvironmentOf(service))["ConnectionStrings__redis"]);
    }

    [Fact]
    public async Task Arguments_that_contain_secrets_are_known()
    {
        var secret = _builder.AddParameter("secret", () => "s", secret: true);
        var service = _builder.AddExecutable("service", "true", ".", "--plain").WithArgs(secret.Resource, ReferenceExpression.Create($"--x={secret}"));

        Assert.Equal([("--plain", false), ("s", true), ("--x=s", true)], (await ConfigurationOf(service.Resource)).Arguments.Select(a => (a.Value, a.IsSensitive)));
    }

    private static void Allocate<T>(IResourceBuilder<T> resource, int port, string? targetPortExpression = null, string name = "tcp")
        where T : IResourceWithEndpoints
    {
        var endpoint = resource.GetEndpoint(name).EndpointAnnotation;
        endpoint.AllocatedEndpoint = new(endpoint, "localhost", port, targetPortExpression);
    }

    private static async Task<Dictionary<string, string?>> EnvironmentOf<T>(IResourceBuilder<T> resource)
        where T : IResource => (await ConfigurationOf(resource.Resource)).Environment.ToDictionary(variable => variable.Name, variable => variable.Value);

    private static Task<WorkloadConfiguration> ConfigurationOf(IResource resource) => WorkloadConfiguration.EvaluateAsync(
        resource, new(DistributedApplicationOperation.Run), NullLogger.Instance, CancellationToken.None);
}
