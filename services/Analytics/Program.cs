using RedisFlow.Analytics.Activity;
using RedisFlow.Analytics.Caching;
using RedisFlow.Analytics.Endpoints;
using RedisFlow.Analytics.Figures;
using RedisFlow.AspNetCore.Admin.Streams;
using RedisFlow.AspNetCore.Caching;
using RedisFlow.Domain;
using RedisFlow.Services.Caching;
using RedisFlow.Services.Messaging;
using RedisFlow.Services.OrganizationApi;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddDefaultOpenApi();
builder
    .AddServiceStreams(ResourceNames.Analytics)
    .AddStreamConsumer(GroupNames.Analytics)
    .AddServiceCache(ResourceNames.Analytics)
    .MapEvents();
builder.AddOrganizationClient();
builder.Services.AddTransient<CompanyAnalytics>().AddActivity();

var app = builder.Build();

app.MapDefaultEndpoints();
app.MapDefaultOpenApi();
app.MapAnalyticsApi();
app.MapActivityApi();
app.MapCacheAdminApi();
app.MapStreamAdminApi(GroupNames.Analytics);

app.Run();
