using RedisFlow.AppHost;
using RedisFlow.Domain;

var builder = DistributedApplication.CreateBuilder(args);

// One Redis holds the stream, the second cache level and Organization's data: with AOF, never evicting, behind a generated password.
// Redis:Mode decides whether it is a container, a local process or somebody else's server.
var redis = builder.AddRedisServer();
builder.UseTlsWhereTrusted();

// Who sends it in X-Admin-Key may use the endpoints for operators. It is generated once and kept in the user secrets, where
// "dotnet user-secrets list --project RedisFlow.AppHost" shows it; --Parameters:admin-key=… sets another. The dashboard shows it masked.
var adminKey = builder.AddParameter("admin-key", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true, persist: true);

// Organization owns the data and publishes every change.
var organization = builder.AddProject<Projects.RedisFlow_Organization>(ResourceNames.Organization)
    .WithRedis(redis)
    .WithAdminKey(adminKey)
    .WithStableInstanceId()
    .WithHttpHealthCheck("/health")
    .WithSampleCommands();

// The other three cache what they derive from it. Each is a consumer group of its own.
var reporting = builder.AddProject<Projects.RedisFlow_Reporting>(ResourceNames.Reporting)
    .WithRedis(redis)
    .WithAdminKey(adminKey)
    .WithReference(organization).WaitFor(organization)
    .WithStableInstanceId()
    .WithHttpHealthCheck("/health");

// Two replicas share one group: each message is handled by one of them, and taken over by the other if that one dies.
var analytics = builder.AddProject<Projects.RedisFlow_Analytics>(ResourceNames.Analytics)
    .WithRedis(redis)
    .WithAdminKey(adminKey)
    .WithReference(organization).WaitFor(organization)
    .WithReplicas(2)
    .WithHttpHealthCheck("/health");

var billing = builder.AddProject<Projects.RedisFlow_Billing>(ResourceNames.Billing)
    .WithRedis(redis)
    .WithAdminKey(adminKey)
    .WithReference(organization).WaitFor(organization)
    .WithStableInstanceId()
    .WithHttpHealthCheck("/health");

// The stream under Redis: its lengths and lags as properties, its health, and the operators' commands, there and on its consumers.
builder.AddStream(redis, reporting, analytics, billing);

builder.AnnounceWhenReady(organization, reporting, analytics, billing);
builder.AnnounceEarlyEnds();

await builder.Build().RunAsync();
