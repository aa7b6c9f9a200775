using RedisFlow.AspNetCore.Admin.Streams;
using RedisFlow.Domain;
using RedisFlow.Organization.Endpoints;
using RedisFlow.Organization.Seeding;
using RedisFlow.Organization.Storage;
using RedisFlow.Services.Messaging;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddDefaultOpenApi();
builder.AddServiceStreams(ResourceNames.Organization);
builder.Services.AddOrganizationStore();
builder.Services.AddHostedService<SampleUserSeeder>();

var app = builder.Build();

app.MapDefaultEndpoints();
app.MapDefaultOpenApi();
app.MapCompaniesApi();
app.MapDealershipsApi();
app.MapUsersApi();
app.MapStreamAdminApi();

app.Run();
