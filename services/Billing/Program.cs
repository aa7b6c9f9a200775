using RedisFlow.AspNetCore.Admin.Streams;
using RedisFlow.AspNetCore.Caching;
using RedisFlow.Billing.Caching;
using RedisFlow.Billing.Endpoints;
using RedisFlow.Billing.Invoicing;
using RedisFlow.Billing.Permissions;
using RedisFlow.Domain;
using RedisFlow.Services.Caching;
using RedisFlow.Services.Messaging;
using RedisFlow.Services.OrganizationApi;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddDefaultOpenApi();
builder
    .AddServiceStreams(ResourceNames.Billing)
    .AddStreamConsumer(GroupNames.Billing)
    .AddServiceCache(ResourceNames.Billing)
    .MapEvents();
builder.AddOrganizationClient();
builder.Services.AddInvoicing().AddPermissions();

var app = builder.Build();

app.MapDefaultEndpoints();
app.MapDefaultOpenApi();
app.MapInvoicePreviewApi();
app.MapCacheAdminApi();
app.MapStreamAdminApi(GroupNames.Billing);

app.Run();
