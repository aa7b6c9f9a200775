// A service that tells about itself, and does to itself what the tests ask for.
var builder = WebApplication.CreateSlimBuilder(args);
var app = builder.Build();
var healthy = true;

app.MapGet("/", () => "Hello");
app.MapGet("/pid", () => Environment.ProcessId);
app.MapGet("/environment/{name}", (string name) => Environment.GetEnvironmentVariable(name) ?? "");
app.MapGet("/arguments", () => args);
app.MapGet("/health", () => healthy ? Results.Ok() : Results.StatusCode(503));
app.MapPost("/unhealthy", () => { healthy = false; });
app.MapPost("/log/{text}", (string text) =>
{
    Console.WriteLine(text);
    Console.Error.WriteLine(text);
});

app.Run();
