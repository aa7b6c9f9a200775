using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Proto = Aspire.Hosting.Dashboard.Proto;

namespace StandIns.Tests;

public sealed class DashboardServiceTests : IAsyncLifetime
{
    private const string ApiKey = "sesame";

    private readonly ApplicationModelServices _services = new();
    private readonly DashboardServiceHost _host;
    private DashboardGrpcClient _client = null!;
    private string _address = null!;

    public DashboardServiceTests() => _host = new(
        Options.Create(new DashboardOptions { ApplicationName = "Shop", ResourceServiceApiKey = ApiKey }),
        _services.Notifications,
        _services.Loggers,
        _services.Commands,
        NullLoggerFactory.Instance);

    public async ValueTask InitializeAsync()
    {
        await _host.StartAsync(ApplicationModelServices.DeadlineToken);
        _address = await _host.GetResourceServiceUriAsync(ApplicationModelServices.DeadlineToken);
        _client = new(_address, ApiKey);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _host.StopAsync(CancellationToken.None);
        await _host.DisposeAsync();
        _services.Dispose();
    }

    [Fact]
    public async Task Listens_on_the_loopback_interface_and_names_the_application()
    {
        Assert.Equal("127.0.0.1", new Uri(_address).Host);

        var response = await _client.CallAsync<Proto.ApplicationInformationResponse>("GetApplicationInformation", new Proto.ApplicationInformationRequest());

        Assert.Equal("Shop", response.ApplicationName);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("another")]
    [InlineData("sesame, sesame")]
    public async Task Without_the_key_nothing_is_served(string? key)
    {
        using var client = new DashboardGrpcClient(_address, key);
        using var call = await client.StartAsync("GetApplicationInformation", DashboardGrpcClient.Frame(new Proto.ApplicationInformationRequest()));
        await call.ReadToEndAsync();

        Assert.Equal("16", call.Status);
        Assert.DoesNotContain(ApiKey, call.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_method_is_unimplemented()
    {
        using var call = await _client.StartAsync("UploadFile", []);
        await call.ReadToEndAsync();

        Assert.Equal("12", call.Status);
        Assert.Equal("/aspire.v1.DashboardService/UploadFile is not served.", call.Message);
    }

    [Theory]
    [InlineData(new byte[0], "3")]
    [InlineData(new byte[] { 0, 0, 0 }, "3")]
    [InlineData(new byte[] { 0, 0, 0, 0, 9, 1 }, "3")]
    [InlineData(new byte[] { 0, 0, 0, 0, 2, 0xff, 0xff }, "3")]
    [InlineData(new byte[] { 0, 0xff, 0, 0, 0 }, "3")]
    [InlineData(new byte[] { 1, 0, 0, 0, 0 }, "12")]
    public async Task A_malformed_request_is_refused(byte[] body, string status)
    {
        using var call = await _client.StartAsync("ExecuteResourceCommand", body);
        await call.ReadToEndAsync();

        Assert.Equal(status, call.Status);
    }

    [Fact]
    public async Task Resources_come_at_once_and_then_with_every_change()
    {
        var redis = new FakeResource("redis", "x");
        await _services.PublishAsync(redis, "Starting");
        using var call = await _client.StartAsync("WatchResources", DashboardGrpcClient.Frame(new Proto.WatchResourcesRequest()));

        var initial = await call.ReadAsync<Proto.WatchResourcesUpdate>();
        await _services.PublishAsync(redis, "Running");
        var update = await call.ReadAsync<Proto.WatchResourcesUpdate>();

        Assert.Equal("Starting", Assert.Single(initial!.InitialData.Resources).State);
        var changed = Assert.Single(update!.Changes.Value).Upsert;
        Assert.Equal(("redis-x", "redis", "Running"), (changed.Name, changed.DisplayName, changed.State));
    }

    [Fact]
    public async Task A_resource_is_described_completely()
    {
        var time = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        var redis = new FakeResource("redis")
            .With(new ResourceIconAnnotation("Database", IconVariant.Regular))
            .WithCommand("flush", _ => Task.FromResult(CommandResults.Success()), _ => ResourceCommandState.Disabled);
        await _services.Notifications.PublishUpdateAsync(redis, _ => new CustomResourceSnapshot
        {
            ResourceType = "Container",
            State = new("Running", KnownResourceStateStyles.Success),
            CreationTimeStamp = time,
            StartTimeStamp = time.AddSeconds(1),
            ExitCode = 7,
            IsHidden = true,
            Properties =
            [
                new("container.ports", new List<int> { 6379 }),
                new("args", new List<string> { "a", "b" }),
                new("missing", null),
                new("secret", "s3cret") { IsSensitive = true },
                new("lag", 5) { IsHighlighted = true, DisplayName = "Lag", SortOrder = 2 },
                new(KnownProperties.Resource.DisplayName, "its own"),
            ],
            EnvironmentVariables = [new("A", "1", true), new("B", null, false)],
            Urls = [new("tcp", "tcp://localhost:6379", true) { DisplayProperties = new("Redis", 3), IsInactive = true }, new(null, "http://x", false)],
            Volumes = [new(null, "/data", "volume", true)],
            Relationships = [new("catalog", "Reference")],
        }.WithHealthReports([new("ping", HealthStatus.Degraded, "slow", "why") { LastRunAt = time }, new("new", null, null, null)]));

        using var call = await _client.StartAsync("WatchResources", DashboardGrpcClient.Frame(new Proto.WatchResourcesRequest()));
        var resource = Assert.Single((await call.ReadAsync<Proto.WatchResourcesUpdate>())!.InitialData.Resources);

        Assert.Equal(("redis", "redis", "Container", "success", true), (resource.Name, resource.Uid, resource.ResourceType, resource.StateStyle, resource.IsHidden));
        Assert.Equal(Timestamp.FromDateTime(time), resource.CreatedAt);
        Assert.Equal(Timestamp.FromDateTime(time.AddSeconds(1)), resource.StartedAt);
        Assert.Null(resource.StoppedAt);
        Assert.Equal(("Database", Proto.IconVariant.Regular), (resource.IconName, resource.IconVariant));
        Assert.Equal(("Redis", 3, true, true), (resource.Urls[0].DisplayProperties.DisplayName, resource.Urls[0].DisplayProperties.SortOrder, resource.Urls[0].IsInternal, resource.Urls[0].IsInactive));
        Assert.NotNull(resource.Urls[1].DisplayProperties);
        Assert.Equal([("A", "1", true), ("B", "", false)], resource.Environment.Select(variable => (variable.Name, variable.Value, variable.IsFromSpec)));
        Assert.Equal(("", "/data", "volume", true), resource.Volumes.Select(volume => (volume.Source, volume.Target, volume.MountType, volume.IsReadOnly)).Single());
        Assert.Equal(("catalog", "Reference"), resource.Relationships.Select(relationship => (relationship.ResourceName, relationship.Type)).Single());
        Assert.Equal((Proto.HealthStatus.Degraded, "slow", "why"), (resource.HealthReports[0].Status, resource.HealthReports[0].Description, resource.HealthReports[0].Exception));
        Assert.False(resource.HealthReports[1].HasStatus);
        var command = Assert.Single(resource.Commands);
        Assert.Equal(("flush", "Do flush", Proto.ResourceCommandState.Disabled, true), (command.Name, command.DisplayName, command.State, command.IsHighlighted));

        var properties = resource.Properties.ToDictionary(property => property.Name);
        Assert.All(properties.Values, property => Assert.NotNull(property.Value));
        Assert.Equal(6379, properties["container.ports"].Value.ListValue.Values.Single().NumberValue);
        Assert.Equal(["a", "b"], properties["args"].Value.ListValue.Values.Select(value => value.StringValue));
        Assert.Equal(Value.KindOneofCase.NullValue, properties["missing"].Value.KindCase);
        Assert.True(properties["secret"].IsSensitive);
        Assert.Equal((true, "Lag", 2, 5), (properties["lag"].IsHighlighted, properties["lag"].DisplayName, properties["lag"].SortOrder, properties["lag"].Value.NumberValue));
        Assert.Equal("its own", properties[KnownProperties.Resource.DisplayName].Value.StringValue);
        Assert.Equal("7", properties[KnownProperties.Resource.ExitCode].Value.StringValue);
        Assert.Equal("Degraded", properties[KnownProperties.Resource.HealthState].Value.StringValue);
    }

    [Fact]
    public async Task A_resource_without_creation_time_has_one_for_the_dashboard()
    {
        await _services.PublishAsync(new FakeResource("parameter"), "Running");

        using var call = await _client.StartAsync("WatchResources", DashboardGrpcClient.Frame(new Proto.WatchResourcesRequest()));

        Assert.NotNull(Assert.Single((await call.ReadAsync<Proto.WatchResourcesUpdate>())!.InitialData.Resources).CreatedAt);
    }

    [Fact]
    public async Task Console_logs_are_read_and_followed()
    {
        _services.Loggers.AddLogEntries("redis", [new(null, "one", false), new(null, "two", true)]);

        using var once = await StartLogsAsync("redis", suppressFollow: true);
        Assert.Equal([("one", false, 1), ("two", true, 2)], await ReadLinesAsync(once, 2));
        Assert.Null(await once.ReadAsync<Proto.WatchResourceConsoleLogsUpdate>());
        Assert.Equal("0", once.Status);

        using var follow = await StartLogsAsync("redis", suppressFollow: false);
        Assert.Equal(2, (await ReadLinesAsync(follow, 2)).Count);
        _services.Loggers.AddLogEntries("redis", [new(null, "three", false)]);
        Assert.Equal([("three", false, 3)], await ReadLinesAsync(follow, 1));

        _services.Loggers.Complete("redis");
        Assert.Null(await follow.ReadAsync<Proto.WatchResourceConsoleLogsUpdate>());
        Assert.Equal("0", follow.Status);
    }

    [Fact]
    public async Task Long_logs_are_split_below_what_a_client_accepts()
    {
        const int ClientLimit = 4 * 1024 * 1024;
        var line = new string('€', 600 * 1024);
        _services.Loggers.AddLogEntries("redis", [.. Enumerable.Repeat(new LogEntry(null, line, false), 3), new(null, new string('€', 3 * 1024 * 1024), false)]);

        using var call = await StartLogsAsync("redis", suppressFollow: true);
        var lines = 0;
        while (await call.ReadAsync<Proto.WatchResourceConsoleLogsUpdate>() is { } update)
        {
            Assert.True(update.CalculateSize() < ClientLimit);
            Assert.NotEmpty(update.LogLines);
            lines += update.LogLines.Count;
        }

        Assert.Equal(4, lines);
        Assert.Equal("0", call.Status);
    }

    [Fact]
    public async Task Commands_get_the_arguments_of_the_request()
    {
        var redis = new FakeResource("redis").WithArguments("poke", context => Task.FromResult(
            CommandResults.Success($"{context.Arguments.GetInt32("count")} {context.Arguments.GetString("word")}")));
        await _services.PublishAsync(redis, "Running");

        Assert.Equal((Proto.ResourceCommandResponseKind.Succeeded, "7 true"), await PokeAsync(("count", Value.ForNumber(7)), ("word", Value.ForBool(true))));
        Assert.Equal((Proto.ResourceCommandResponseKind.Succeeded, "3 "), await PokeAsync());
        Assert.Equal(
            (Proto.ResourceCommandResponseKind.InvalidArguments, "Command argument validation failed."), await PokeAsync(("count", Value.ForNull())));
        Assert.Equal(
            (Proto.ResourceCommandResponseKind.Failed, "Unknown argument 'speed' for command 'poke'."), await PokeAsync(("speed", Value.ForNumber(1))));

        async Task<(Proto.ResourceCommandResponseKind Kind, string Message)> PokeAsync(params (string Name, Value Value)[] arguments)
        {
            var request = new Proto.ResourceCommandRequest { ResourceName = "redis", CommandName = "poke" };
            foreach (var (name, value) in arguments)
            {
                request.Arguments[name] = value;
            }

            var response = await _client.CallAsync<Proto.ResourceCommandResponse>("ExecuteResourceCommand", request);
            return (response.Kind, response.Message);
        }
    }

    [Fact]
    public async Task Commands_are_executed()
    {
        var redis = new FakeResource("redis")
            .WithCommand("flush", _ => Task.FromResult(CommandResults.Success("done", "{}", CommandResultFormat.Json)))
            .WithCommand("fail", _ => Task.FromResult(CommandResults.Failure("broken")))
            .WithCommand("cancel", _ => Task.FromResult(CommandResults.Canceled()));
        await _services.PublishAsync(redis, "Running");

        var done = await ExecuteAsync("redis", "flush");
        var failed = await ExecuteAsync("redis", "fail");
        var cancelled = await ExecuteAsync("redis", "cancel");
        var unknown = await ExecuteAsync("nobody", "flush");

        Assert.Equal((Proto.ResourceCommandResponseKind.Succeeded, "done"), (done.Kind, done.Message));
        Assert.Equal(("{}", Proto.CommandResultFormat.Json), (done.Result.Value, done.Result.Format));
        Assert.Equal((Proto.ResourceCommandResponseKind.Failed, "broken"), (failed.Kind, failed.Message));
        Assert.Equal(Proto.ResourceCommandResponseKind.Cancelled, cancelled.Kind);
        Assert.Equal((Proto.ResourceCommandResponseKind.Failed, "Resource 'nobody' not found."), (unknown.Kind, unknown.Message));
    }

    [Theory]
    [InlineData("WatchResources")]
    [InlineData("WatchInteractions")]
    public async Task Streams_stay_open_until_the_service_stops_and_then_end_well(string method)
    {
        using var call = await _client.StartAsync(method, DashboardGrpcClient.Frame(new Proto.WatchResourcesRequest()));
        var reading = call.ReadToEndAsync();
        Assert.False(reading.IsCompleted);

        await _host.StopAsync(ApplicationModelServices.DeadlineToken);
        await reading;

        Assert.Equal("0", call.Status);
    }

    private Task<DashboardGrpcCall> StartLogsAsync(string name, bool suppressFollow) => _client.StartAsync(
        "WatchResourceConsoleLogs",
        DashboardGrpcClient.Frame(new Proto.WatchResourceConsoleLogsRequest { ResourceName = name, SuppressFollow = suppressFollow }));

    private static async Task<List<(string Text, bool IsStdErr, int Number)>> ReadLinesAsync(DashboardGrpcCall call, int count)
    {
        var lines = new List<(string, bool, int)>();
        while (lines.Count < count)
        {
            var update = await call.ReadAsync<Proto.WatchResourceConsoleLogsUpdate>();
            Assert.NotNull(update);
            lines.AddRange(update.LogLines.Select(line => (line.Text, line.IsStdErr, line.LineNumber)));
        }

        return lines;
    }

    private Task<Proto.ResourceCommandResponse> ExecuteAsync(string resource, string command) =>
        _client.CallAsync<Proto.ResourceCommandResponse>(
            "ExecuteResourceCommand",
            new Proto.ResourceCommandRequest { ResourceName = resource, CommandName = command });
}
