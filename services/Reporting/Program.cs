using RedisFlow.AspNetCore.Admin.Streams;
using RedisFlow.AspNetCore.Caching;
using RedisFlow.Domain;
using RedisFlow.Reporting.Caching;
using RedisFlow.Reporting.Endpoints;
using RedisFlow.Reporting.Reports;
using RedisFlow.Services.Caching;
using RedisFlow.Services.Messaging;
using RedisFlow.Services.OrganizationApi;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddDefaultOpenApi();
builder
    .AddServiceStreams(ResourceNames.Reporting)
    .AddStreamConsumer(GroupNames.Reporting)
    .AddServiceCache(ResourceNames.Reporting)
    .MapEvents();
builder.AddOrganizationClient();
builder.Services.AddReports();

var app = builder.Build();

app.MapDefaultEndpoints();
app.MapDefaultOpenApi();
app.MapReportsApi();
app.MapCacheAdminApi();
app.MapStreamAdminApi(GroupNames.Reporting);

app.Run();
