using System.Net;
using RedisFlow.Services.Tests;
using RedisFlow.Services.Tests.Consumers;
using RedisFlow.Testing;
using StackExchange.Redis;

// One system for all tests: each test makes companies of its own, and none runs beside another, so that what is cached
// is known.
[assembly: AssemblyFixture(typeof(RunningSystem))]
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace RedisFlow.Services.Tests;

/// <summary>A Redis server and the four services.</summary>
public sealed class RunningSystem : IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _started = [];

    public RedisServer Redis { get; private set; } = null!;

    public IConnectionMultiplexer Connection { get; private set; } = null!;

    public ServiceProcess Organization { get; private set; } = null!;

    public ServiceProcess Reporting { get; private set; } = null!;

    public ServiceProcess Analytics { get; private set; } = null!;

    public ServiceProcess Billing { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Redis = await RedisServer.StartAsync();
        _started.Add(Redis);
        Connection = await Redis.ConnectAsync();
        Organization = await StartAsync("Organization");

        // The sample users are written after the start.
        await Organization.GetUntilAsync("api/users/4", answer => answer.Status == HttpStatusCode.OK);
        var consumers = await Task.WhenAll(StartAsync("Reporting"), StartAsync("Analytics"), StartAsync("Billing"));
        (Reporting, Analytics, Billing) = (consumers[0], consumers[1], consumers[2]);
        await WarmUpAsync();
    }

    /// <summary>Starts one more instance of a service; the caller stops it, or it is stopped with the system.</summary>
    public async Task<ServiceProcess> StartAsync(string service, params (string Key, string Value)[] settings)
    {
        (string, string)[] all =
        [
            ("ConnectionStrings:redis", Redis.ConnectionString),
            .. Organization is null
                ? Array.Empty<(string, string)>()
                : [("services:organization:http:0", Organization.Address)],
            .. settings,
        ];
        var process = await ServiceProcess.StartAsync(service, all);
        lock (_started)
        {
            _started.Add(process);
        }

        return process;
    }

    /// <summary>Stops Billing as an orchestrator would.</summary>
    public ValueTask StopBillingAsync() => Billing.DisposeAsync();

    /// <summary>Starts Billing again, as a new process.</summary>
    public async Task StartBillingAsync() => Billing = await StartAsync("Billing");

    public async ValueTask DisposeAsync()
    {
        Connection?.Dispose();
        foreach (var started in Enumerable.Reverse(_started))
        {
            await started.DisposeAsync();
        }
    }

    /// <summary>
    /// First requests compile what they run, and on a busy machine that alone can take longer than a request may: no
    /// test is the first.
    /// </summary>
    private async Task WarmUpAsync()
    {
        var company = await Eventually.Until(() => this.CreateCompanyAsync(), id => id > 0);
        await Reporting.WarmAsync(Paths.Report(company));
        await Analytics.WarmAsync(Paths.Figures(company));
        await Billing.WarmAsync(Paths.Preview(company));
        await this.DeleteCompanyAsync(company);
    }
}
