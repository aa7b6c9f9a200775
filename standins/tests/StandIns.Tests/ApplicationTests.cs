using System.Diagnostics;
using System.Net.Http.Json;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using static StandIns.Tests.SampleApplication;

namespace StandIns.Tests;

/// <summary>What a running application shows and does.</summary>
[Collection(nameof(SampleApplication))]
public sealed class ApplicationTests(SampleApplication sample)
{
    private const string LaunchProfilePort = "5480";

    [Fact]
    public async Task A_service_answers_through_its_proxy_on_a_random_port()
    {
        using var client = sample.App.CreateHttpClient("first");

        Assert.Equal("Hello", await client.GetStringAsync("/", DeadlineToken));
        Assert.NotEqual(LaunchProfilePort, $"{client.BaseAddress!.Port}");
    }

    [Fact]
    public async Task The_process_id_in_the_snapshot_is_the_service_itself()
    {
        using var client = sample.App.CreateHttpClient("first");

        Assert.Equal(PidOf(InstancesOf(sample.App, "first").Values.Single()), await client.GetFromJsonAsync<int>("/pid", DeadlineToken));
    }

    [Theory]
    [InlineData("ASPNETCORE_ENVIRONMENT", "Development")]
    [InlineData("SAMPLE_FROM_PROFILE", "yes")]
    [InlineData("SAMPLE_SECRET", "s3cret")]
    [InlineData("OTEL_SERVICE_NAME", "first")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]
    [InlineData("OTEL_BSP_SCHEDULE_DELAY", "1000")]
    [InlineData("OTEL_TRACES_SAMPLER", "always_on")]
    public async Task A_service_gets_its_environment(string name, string expected)
    {
        using var client = sample.App.CreateHttpClient("first");

        Assert.Equal(expected, await client.GetStringAsync($"/environment/{name}", DeadlineToken));
    }

    [Fact]
    public async Task Telemetry_names_the_instance_by_its_suffix()
    {
        using var client = sample.App.CreateHttpClient("first");
        var id = InstancesOf(sample.App, "first").Keys.Single();

        Assert.Equal($"service.instance.id={id["first-".Length..]}", await client.GetStringAsync("/environment/OTEL_RESOURCE_ATTRIBUTES", DeadlineToken));
    }

    [Theory]
    [InlineData("services__first__http__0")]
    [InlineData("FIRST_HTTP")]
    public async Task A_referenced_service_is_found_by_its_name(string variable)
    {
        using var client = sample.App.CreateHttpClient("second");

        Assert.Equal(sample.App.GetEndpoint("first").ToString().TrimEnd('/'), await client.GetStringAsync($"/environment/{variable}", DeadlineToken));
    }

    [Fact]
    public async Task Replicas_share_one_address_and_have_ids_of_their_own()
    {
        var instances = InstancesOf(sample.App, "second");
        var pids = await PidsThatAnswerAsync();

        Assert.Equal(2, instances.Count);
        Assert.All(instances.Keys, id => Assert.StartsWith("second-", id, StringComparison.Ordinal));
        Assert.Equal(pids.Order(), instances.Values.Select(PidOf).OfType<int>().Order());
    }

    [Fact]
    public async Task A_replica_is_commanded_by_its_id_and_not_by_the_resources_name()
    {
        var id = InstancesOf(sample.App, "second").Keys.First();

        Assert.False((await sample.App.ResourceCommands.ExecuteCommandAsync("second", KnownResourceCommands.RestartCommand, DeadlineToken)).Success);
        var before = PidOf(InstancesOf(sample.App, "second")[id]);
        Assert.True((await sample.App.ResourceCommands.ExecuteCommandAsync(id, KnownResourceCommands.RestartCommand, DeadlineToken)).Success);
        await sample.App.ResourceNotifications.WaitForResourceAsync(
            "second", change => change.ResourceId == id && change.Snapshot.State?.Text == "Running" && PidOf(change.Snapshot) != before, DeadlineToken);

        // It listens again: the next test must not meet a replica that does not.
        await PidsThatAnswerAsync();
    }

    [Fact]
    public async Task A_stopped_service_is_finished_and_comes_back_at_the_same_address()
    {
        var address = sample.App.GetEndpoint("first");
        var before = PidOf(InstancesOf(sample.App, "first").Values.Single())!.Value;

        var stop = await sample.App.ResourceCommands.ExecuteCommandAsync("first", KnownResourceCommands.StopCommand, DeadlineToken);
        Assert.True(stop.Success, stop.Message);
        await sample.App.ResourceNotifications.WaitForResourceAsync("first", KnownResourceStates.Finished, DeadlineToken);
        await UntilAsync(() => Task.FromResult(!IsAlive(before)), "the process is gone");

        Assert.True((await sample.App.ResourceCommands.ExecuteCommandAsync("first", KnownResourceCommands.StartCommand, DeadlineToken)).Success);
        await sample.App.ResourceNotifications.WaitForResourceHealthyAsync("first", DeadlineToken);
        Assert.Equal(address, sample.App.GetEndpoint("first"));
        using var client = sample.App.CreateHttpClient("first");
        await UntilAsync(
            async () => await client.GetFromJsonAsync<int>("/pid", DeadlineToken) != before, "the new process answers");
    }

    [Fact]
    public async Task A_restart_keeps_the_address()
    {
        var address = sample.App.GetEndpoint("first");
        var before = PidOf(InstancesOf(sample.App, "first").Values.Single());

        Assert.True((await sample.App.ResourceCommands.ExecuteCommandAsync("first", KnownResourceCommands.RestartCommand, DeadlineToken)).Success);
        await sample.App.ResourceNotifications.WaitForResourceAsync(
            "first", change => change.Snapshot.HealthStatus == Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy && PidOf(change.Snapshot) != before, DeadlineToken);

        using var client = new HttpClient { BaseAddress = address };
        await UntilAsync(
            async () => await client.GetFromJsonAsync<int>("/pid", DeadlineToken) != before, "the new process answers");
    }

    [Fact]
    public async Task A_killed_service_is_seen_to_end()
    {
        var pid = PidOf(InstancesOf(sample.App, "first").Values.Single())!.Value;
        using (var process = Process.GetProcessById(pid))
        {
            process.Kill();
        }

        var ended = await sample.App.ResourceNotifications.WaitForResourceAsync(
            "first", change => KnownResourceStates.TerminalStates.Contains(change.Snapshot.State?.Text), DeadlineToken);
        Assert.NotNull(ended.Snapshot.StopTimeStamp);
        Assert.NotEqual(0, ended.Snapshot.ExitCode);

        Assert.True((await sample.App.ResourceCommands.ExecuteCommandAsync("first", KnownResourceCommands.StartCommand, DeadlineToken)).Success);
        await sample.App.ResourceNotifications.WaitForResourceHealthyAsync("first", DeadlineToken);
    }

    [Fact]
    public async Task A_custom_command_gets_the_instances_id()
    {
        var result = await sample.App.ResourceCommands.ExecuteCommandAsync("first", "greet", DeadlineToken);

        Assert.Equal($"Hello, {InstancesOf(sample.App, "first").Keys.Single()}", result.Message);
    }

    [Fact]
    public async Task What_a_process_writes_is_in_its_console_log()
    {
        var id = InstancesOf(sample.App, "first").Keys.Single();
        var text = $"mark-{Guid.NewGuid():N}";
        using var client = sample.App.CreateHttpClient("first");
        using var response = await client.PostAsync($"/log/{text}", content: null, DeadlineToken);

        var loggers = (ResourceLoggerService)sample.App.Services.GetService(typeof(ResourceLoggerService))!;
        var kinds = new HashSet<bool>();
        await foreach (var lines in loggers.WatchAsync(id).WithCancellation(DeadlineToken))
        {
            kinds.UnionWith(lines.Where(line => line.Content.EndsWith(text, StringComparison.Ordinal)).Select(line => line.IsErrorMessage));
            if (kinds.Count == 2)
            {
                break;
            }
        }
    }

    [Fact]
    public async Task A_secret_parameters_value_is_masked()
    {
        await sample.App.ResourceNotifications.WaitForResourceAsync("secret", KnownResourceStates.Running, DeadlineToken);

        Assert.True(sample.App.ResourceNotifications.TryGetCurrentState("secret", out var current));
        var value = current.Snapshot.Properties.Single(property => property.Name == "Value");
        Assert.Equal(("s3cret", true), ((string?)value.Value, value.IsSensitive));
    }

    [Fact]
    public async Task A_custom_property_stays_when_the_state_changes()
    {
        var ticker = ((DistributedApplicationModel)sample.App.Services.GetService(typeof(DistributedApplicationModel))!).Resources.Single(r => r.Name == "ticker");
        await sample.App.ResourceNotifications.PublishUpdateAsync(
            ticker, state => state with { Properties = [.. state.Properties, new("Lag", 42) { IsHighlighted = true }] });
        Assert.True((await sample.App.ResourceCommands.ExecuteCommandAsync("ticker", KnownResourceCommands.RestartCommand, DeadlineToken)).Success);
        await sample.App.ResourceNotifications.WaitForResourceAsync("ticker", KnownResourceStates.Running, DeadlineToken);

        var lag = InstancesOf(sample.App, "ticker").Values.Single().Properties.Single(property => property.Name == "Lag");
        Assert.Equal((42, true), ((int)lag.Value!, lag.IsHighlighted));
    }

    [Fact]
    public void An_active_url_carries_its_display_text()
    {
        var url = InstancesOf(sample.App, "first").Values.Single().Urls.Single();

        Assert.Equal(("http", "First", false), (url.Name, url.DisplayProperties.DisplayName, url.IsInactive));
    }

    /// <summary>Asks the replicas until both have answered.</summary>
    private async Task<HashSet<int>> PidsThatAnswerAsync()
    {
        var pids = new HashSet<int>();
        await UntilAsync(
            async () =>
            {
                using var handler = new SocketsHttpHandler();
                using var client = new HttpClient(handler) { BaseAddress = sample.App.GetEndpoint("second") };
                pids.Add(await client.GetFromJsonAsync<int>("/pid", DeadlineToken));
                return pids.Count == 2;
            },
            "both replicas answer");
        return pids;
    }
}
