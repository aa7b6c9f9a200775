using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Xunit;

namespace RedisFlow.Integration;

/// <summary>What the AppHost's PostgreSQL is, in each mode. Nothing is started.</summary>
public sealed class PostgresModelTests
{
    [Fact]
    public void Should_BeAspiresResourceWithADataVolumeAndAPassword_When_ItIsAContainer()
    {
        var builder = PostgresAlone.CreateBuilder(
            "--Postgres:Mode=container",
            "--Postgres:DataVolume=ledger-2",
            "--Postgres:Port=15432"
        );
        var server = Assert.IsType<PostgresServerResource>(Get(builder, PostgresAlone.Server));
        var database = Assert.IsType<PostgresDatabaseResource>(Get(builder, PostgresAlone.Database));

        var image = Assert.Single(server.Annotations.OfType<ContainerImageAnnotation>());
        Assert.Equal("docker.io/library/postgres", $"{image.Registry}/{image.Image}");
        Assert.StartsWith("18.", image.Tag, StringComparison.Ordinal);
        var volume = Assert.Single(server.Annotations.OfType<ContainerMountAnnotation>());
        Assert.Equal(("ledger-2", "/var/lib/postgresql"), (volume.Source, volume.Target));
        Assert.Equal(15432, Assert.Single(server.Annotations.OfType<EndpointAnnotation>()).Port);
        Assert.Equal("postgres-password", server.PasswordParameter.Name);
        Assert.True(server.PasswordParameter.Secret);
        Assert.Equal("General Ledger", database.DatabaseName);
        Assert.Same(server, database.Parent);
    }

    [Fact]
    public void Should_BeAContainer_When_ItIsPublished()
    {
        var builder = PostgresAlone.CreateBuilder("--publisher=manifest");

        Assert.True(builder.ExecutionContext.IsPublishMode);
        Assert.IsType<PostgresServerResource>(Get(builder, PostgresAlone.Server));
    }

    /// <summary>So that services cannot tell the difference.</summary>
    [Theory]
    [InlineData(PostgresAlone.Server)]
    [InlineData(PostgresAlone.Database)]
    public void Should_OfferTheSameConnection_InEveryMode(string resource)
    {
        using var storage = new PostgresStorage();
        var container = PostgresAlone.CreateBuilder("--Postgres:Mode=container");
        var process = PostgresAlone.CreateBuilder(storage.Arguments);

        Assert.Equal(Describe(Get(container, resource)), Describe(Get(process, resource)));
    }

    [Fact]
    public async Task Should_TakeTheConnectionStringAsItIs_When_TheServerRunsElsewhere()
    {
        const string Server = "Host=a,b;Username=app;Password=secret;";
        var builder = PostgresAlone.CreateBuilder("--Postgres:Mode=external", $"--ConnectionStrings:postgres={Server}");

        Assert.Equal(
            $"{Server};Database=\"General Ledger\"",
            await Get(builder, PostgresAlone.Database).GetConnectionStringAsync(TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public void Should_RefuseADatabaseOnAnotherResource()
    {
        var builder = PostgresAlone.CreateBuilder("--Postgres:Mode=container");
        var other = builder.AddConnectionString("other");

        var refusal = Assert.Throws<ArgumentException>(() => other.AddDatabase("any"));

        Assert.Contains("AddPostgresServer", refusal.Message, StringComparison.Ordinal);
    }

    private static IResourceWithConnectionString Get(IDistributedApplicationBuilder builder, string name) =>
        builder.Resources.OfType<IResourceWithConnectionString>().Single(resource => resource.Name == name);

    private static SortedDictionary<string, string> Describe(IResourceWithConnectionString resource)
    {
        var properties = resource
            .GetConnectionProperties()
            .Concat(
                resource
                    .Annotations.OfType<ConnectionPropertyAnnotation>()
                    .Select(property => KeyValuePair.Create(property.Name, property.Value))
            )
            .Append(KeyValuePair.Create("(connection string)", resource.ConnectionStringExpression));
        return new SortedDictionary<string, string>(
            properties.ToDictionary(property => property.Key, property => property.Value.ValueExpression)
        );
    }
}
