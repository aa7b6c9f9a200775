using RedisFlow.AppHost;
using RedisFlow.Domain;

var builder = DistributedApplication.CreateBuilder(args);

// One Redis holds the stream, the second cache level and Organization's data: with AOF, never evicting, behind a
// generated password. Redis:Mode decides whether it is a container, a local process or a server that runs elsewhere.
var redis = builder.AddRedisServer(ResourceNames.Redis);
builder.UseTlsWhereTrusted();

// The stream under Redis: its lengths and lags as properties, its health, and the operators' commands.
var stream = redis.AddStream(ResourceNames.Stream, StreamNames.CacheInvalidation);

// Who sends it in X-Admin-Key may use the endpoints for operators. It is generated once and kept in the user secrets,
// where "dotnet user-secrets list --project RedisFlow.AppHost" shows it; --Parameters:admin-key=… sets another. The
// dashboard shows it masked.
var adminKey = builder.AddAdminKey();

// Organization owns the data and publishes every change.
var organization = AddService<Projects.RedisFlow_Organization>(ResourceNames.Organization).WithSampleCommands();

// The other three cache what they derive from it. Each is a consumer group of its own, whose messages its replicas
// share: one of them handles a message, and another one takes it over if that one dies.
var reporting = AddConsumer<Projects.RedisFlow_Reporting>(ResourceNames.Reporting);
var analytics = AddConsumer<Projects.RedisFlow_Analytics>(ResourceNames.Analytics, replicas: 2);
var billing = AddConsumer<Projects.RedisFlow_Billing>(ResourceNames.Billing);

builder.AnnounceWhenReady([organization, reporting, analytics, billing]);
builder.AnnounceEarlyEnds("docs/operations.md, section 'A resource does not start'");

await builder.Build().RunAsync();

IResourceBuilder<ProjectResource> AddConsumer<TProject>(string name, int replicas = 1)
    where TProject : IProjectMetadata, new() =>
    AddService<TProject>(name)
        .WithReference(organization)
        .WaitFor(organization)
        .WithReplicas(replicas)
        .WithStreamConsumer(stream)
        .WithCrashCommand();

IResourceBuilder<ProjectResource> AddService<TProject>(string name)
    where TProject : IProjectMetadata, new() =>
    builder
        .AddProject<TProject>(name)
        .WithRedis(redis)
        .WithAdminKey(adminKey)
        .WithStableInstanceId()
        .WithHttpHealthCheck("/health");
