using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Npgsql;
using Xunit;

namespace RedisFlow.Integration;

/// <summary>What the AppHost promises of PostgreSQL as a local process.</summary>
[Collection(OwnAppHost.Name)]
public sealed class PostgresServerTests
{
    [Fact]
    public async Task Should_KeepItsData_When_TheAppHostEndsAndIsStartedAgain()
    {
        using var storage = new PostgresStorage();
        await using (var first = await PostgresAlone.StartHealthyAsync(storage.Arguments))
        {
            await first.ExecuteAsync(
                "CREATE TABLE company (name text); INSERT INTO company VALUES ('Enduring Motors')"
            );
        }

        await using var second = await PostgresAlone.StartHealthyAsync(storage.Arguments);

        Assert.Equal("Enduring Motors", await second.ExecuteAsync("SELECT name FROM company"));
    }

    [Fact]
    public async Task Should_EndInOrderAndGoOn_When_ItIsStoppedAndStartedWhileClientsAreConnected()
    {
        using var storage = new PostgresStorage();
        await using var postgres = await PostgresAlone.StartHealthyAsync(storage.Arguments);
        var before = await postgres.ConnectionStringAsync(PostgresAlone.Database);
        await postgres.ExecuteAsync("CREATE TABLE company (name text); INSERT INTO company VALUES ('Durable Motors')");
        await using var client = await postgres.OpenAsync();

        await postgres.CommandAsync(KnownResourceCommands.StopCommand);
        Assert.Equal(0, await postgres.UntilEndedAsync());
        await Assert.ThrowsAsync<NpgsqlException>(postgres.OpenAsync);
        await postgres.CommandAsync(KnownResourceCommands.StartCommand);
        await postgres.UntilHealthyAsync(PostgresAlone.Server);

        Assert.Equal("Durable Motors", await postgres.ExecuteAsync("SELECT name FROM company"));
        Assert.Equal(before, await postgres.ConnectionStringAsync(PostgresAlone.Database));
    }

    [Fact]
    public async Task Should_LeaveNothingRunning_When_WhatHasStartedItIsKilled()
    {
        using var storage = new PostgresStorage();
        await using var postgres = await PostgresAlone.StartHealthyAsync(storage.Arguments);
        await using var client = await postgres.OpenAsync();

        using (var launcher = Process.GetProcessById(await postgres.ProcessIdAsync()))
        {
            launcher.Kill();
        }

        await Deadline.UntilAsync(
            () => Task.FromResult(File.Exists(Path.Combine(storage.Cluster, "postmaster.pid"))),
            static runs => !runs,
            "the server has ended"
        );
    }

    [Fact]
    public async Task Should_ListenOnTheLoopbackInterfaceOnly()
    {
        using var storage = new PostgresStorage();
        await using var postgres = await PostgresAlone.StartHealthyAsync(storage.Arguments);

        var port = await PortAsync(postgres);
        Assert.Equal(
            [IPAddress.Loopback],
            IPGlobalProperties
                .GetIPGlobalProperties()
                .GetActiveTcpListeners()
                .Where(listener => listener.Port == port)
                .Select(listener => listener.Address)
        );
        Assert.InRange(port, 1, 32_767);
        Assert.True(File.Exists(Path.Combine(storage.Cluster, $".s.PGSQL.{port}")));
    }

    [Fact]
    public async Task Should_HaveADataDirectoryThatOnlyItsUserCanRead()
    {
        using var storage = new PostgresStorage();
        await using var postgres = await PostgresAlone.StartHealthyAsync(storage.Arguments);

        Assert.Equal("700", await OutputAsync("stat", "-c", "%a", storage.Cluster));
        var owner = Environment.IsPrivilegedProcess ? "postgres" : Environment.UserName;
        Assert.Equal(owner, await OutputAsync("stat", "-c", "%U", storage.Cluster));
        Assert.Equal(owner, await OutputAsync("stat", "-c", "%U", Path.Combine(storage.Cluster, "postmaster.pid")));
    }

    [Fact]
    public async Task Should_AcceptOnlyThePasswordOfTheConnectionString()
    {
        const string Password = """my "pass" 'word' \x41\ $HOME = # %41 @ü: /?[a] {{b}} x""";
        using var storage = new PostgresStorage();
        await using var postgres = await PostgresAlone.StartHealthyAsync([
            .. storage.Arguments,
            $"--Parameters:postgres-password={Password}",
        ]);
        var right = new NpgsqlConnectionStringBuilder(await postgres.ConnectionStringAsync(PostgresAlone.Database));

        Assert.Equal(Password, right.Password);
        await RefusesAsync(new(right.ConnectionString) { Password = "another" });

        // Through the socket, too.
        await RefusesAsync(new(right.ConnectionString) { Password = "another", Host = storage.Cluster });
    }

    [Fact]
    public async Task Should_CreateTheDatabaseOnceAndUnderItsName()
    {
        using var storage = new PostgresStorage();
        await using var postgres = await PostgresAlone.StartHealthyAsync(storage.Arguments);

        Assert.Equal("General Ledger", await postgres.ExecuteAsync("SELECT current_database()"));
        Assert.Equal("UTF8", await postgres.ExecuteAsync("SHOW server_encoding"));
        Assert.Equal("ÄÖ", await postgres.ExecuteAsync("SELECT upper('äö')"));
        Assert.Equal(
            1L,
            await postgres.ExecuteAsync("SELECT count(*) FROM pg_database WHERE datname ILIKE '%ledger%'")
        );
    }

    [Fact]
    public async Task Should_CreateItAgain_When_ADeveloperHasDroppedIt()
    {
        using var storage = new PostgresStorage();
        await using (var first = await PostgresAlone.StartHealthyAsync(storage.Arguments))
        {
            await using var server = new NpgsqlConnection(
                $"{await first.ConnectionStringAsync(PostgresAlone.Server)};Pooling=false"
            );
            await server.OpenAsync(TestContext.Current.CancellationToken);
            await using var drop = new NpgsqlCommand("DROP DATABASE \"General Ledger\"", server);
            await drop.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await using var second = await PostgresAlone.StartHealthyAsync(storage.Arguments);

        Assert.Equal("General Ledger", await second.ExecuteAsync("SELECT current_database()"));
    }

    [Fact]
    public async Task Should_RefuseTheStart_When_AnotherAppHostUsesItsData()
    {
        using var storage = new PostgresStorage();
        await using var first = await PostgresAlone.StartHealthyAsync(storage.Arguments);

        var refusal = await Assert.ThrowsAsync<DistributedApplicationException>(() =>
            PostgresAlone.StartHealthyAsync(storage.Arguments)
        );

        Assert.Contains("--Postgres:DataDirectory=", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(1, await first.ExecuteAsync("SELECT 1"));
    }

    [Fact]
    public async Task Should_CreateTheDatabaseOfAServerThatRunsElsewhere()
    {
        using var storage = new PostgresStorage();
        await using var elsewhere = await PostgresAlone.StartHealthyAsync(storage.Arguments);
        await elsewhere.ExecuteAsync("CREATE TABLE company (name text); INSERT INTO company VALUES ('Distant Motors')");
        var server = new NpgsqlConnectionStringBuilder(await elsewhere.ConnectionStringAsync(PostgresAlone.Server))
        {
            ApplicationName = "external",
            Database = "postgres",
        };

        await using var here = await PostgresAlone.StartAsync(
            ["--Postgres:Mode=external", $"--ConnectionStrings:postgres={server.ConnectionString}"],
            configure: static builder =>
                builder
                    .CreateResourceBuilder<IResourceWithConnectionString>(
                        builder.Resources.OfType<IResourceWithConnectionString>().Single(one => one.Name == "postgres")
                    )
                    .AddDatabase("stock")
        );
        await here.UntilHealthyAsync(PostgresAlone.Database);
        await here.UntilHealthyAsync("stock");

        Assert.Equal("Distant Motors", await here.ExecuteAsync("SELECT name FROM company"));
        Assert.Equal("external", await here.ExecuteAsync("SHOW application_name"));
    }

    private static async Task RefusesAsync(NpgsqlConnectionStringBuilder settings)
    {
        settings.Pooling = false;
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync());
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refusal.SqlState);
    }

    private static async Task<int> PortAsync(PostgresAlone postgres) =>
        new NpgsqlConnectionStringBuilder(await postgres.ConnectionStringAsync(PostgresAlone.Server)).Port;

    private static async Task<string> OutputAsync(string program, params IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        return (await process.StandardOutput.ReadToEndAsync()).Trim();
    }
}
