using Aspire.Hosting;
using Xunit;

namespace RedisFlow.Integration;

/// <summary>What the AppHost says of a PostgreSQL that cannot be started.</summary>
[Collection(OwnAppHost.Name)]
public sealed class PostgresFailureTests
{
    [Theory]
    [InlineData("Postgres:Mode", "contaner")]
    [InlineData("Postgres:Port", "0")]
    [InlineData("Postgres:DataVolume", "./folder")]
    [InlineData("ConnectionStrings:postgres", "", "--Postgres:Mode=external")]
    [InlineData("Parameters:postgres-password", "hunter2;Host=evil")]
    [InlineData("Parameters:postgres-password", " hunter2")]
    [InlineData("Parameters:postgres-password", "'hunter2'")]
    [InlineData("Parameters:postgres-password", "hunter\n2")]
    public async Task Should_RefuseTheStartAndNameTheSetting(string setting, string value, string further = "")
    {
        using var storage = new PostgresStorage();

        var refusal = await Assert.ThrowsAsync<DistributedApplicationException>(async () =>
        {
            await using var started = await PostgresAlone.StartAsync([
                .. storage.Arguments,
                further,
                $"--{setting}={value}",
            ]);
        });

        Assert.Contains(setting, refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"Example: --{setting}=", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Should_SayWhyItEnded_When_ItsDataDirectoryIsDamaged()
    {
        using var storage = new PostgresStorage();
        await using (await PostgresAlone.StartHealthyAsync(storage.Arguments)) { }
        foreach (var log in Directory.EnumerateFiles(Path.Combine(storage.Cluster, "pg_wal")))
        {
            File.Delete(log);
        }

        var console = new ConsoleErrors();
        await using var postgres = await PostgresAlone.StartAsync(storage.Arguments, console);
        var said = await console.UntilAsync("postgres ended");

        Assert.Contains("before it was ready", said, StringComparison.Ordinal);
        Assert.Contains("could not locate a valid checkpoint record", said, StringComparison.Ordinal);
        Assert.Contains("What to do: docs/operations.md", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Should_SayHowToGetOne_When_TheServerIsMissing()
    {
        using var storage = new PostgresStorage();
        var console = new ConsoleErrors();
        await using var postgres = await PostgresAlone.StartAsync(
            [.. storage.Arguments, $"--Postgres:BinDirectory={storage.Folder}"],
            console
        );
        var said = await console.UntilAsync("postgres ended");

        Assert.Contains("No PostgreSQL server was found", said, StringComparison.Ordinal);
        Assert.Contains("apt-get install postgresql", said, StringComparison.Ordinal);
        Assert.Contains("--Postgres:BinDirectory=", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Should_SayWhatInitdbSaid_When_TheDataDirectoryCannotBeCreated()
    {
        using var storage = new PostgresStorage();
        // A program that refuses initdb's options.
        File.CreateSymbolicLink(Path.Combine(storage.Folder, "initdb"), "/bin/ls");
        File.CreateSymbolicLink(Path.Combine(storage.Folder, "postgres"), "/bin/ls");

        var console = new ConsoleErrors();
        await using var postgres = await PostgresAlone.StartAsync(
            [.. storage.Arguments, $"--Postgres:BinDirectory={storage.Folder}"],
            console
        );

        Assert.Contains("unrecognized option", await console.UntilAsync("postgres ended"), StringComparison.Ordinal);
        Assert.False(Directory.Exists(storage.Cluster));
    }

    [Fact]
    public async Task Should_SayThatThePasswordIsAnother_When_TheDataWasCreatedWithAnotherOne()
    {
        using var storage = new PostgresStorage();
        await using (await PostgresAlone.StartHealthyAsync(storage.Arguments)) { }

        var console = new ConsoleErrors();
        await using var postgres = await PostgresAlone.StartAsync(
            [.. storage.Arguments, "--Parameters:postgres-password=hunter2"],
            console
        );
        var said = await console.UntilAsync("postgres refuses the password");

        Assert.Contains("Parameters:postgres-password", said, StringComparison.Ordinal);
        Assert.Contains(storage.Cluster, said, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", said, StringComparison.Ordinal);
        await postgres.UntilHealthReportsAsync(PostgresAlone.Server, "Parameters:postgres-password");
    }
}
