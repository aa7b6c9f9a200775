var builder = DistributedApplication.CreateBuilder(args);

var secret = builder.AddParameter("secret", () => "s3cret", secret: true);

var ticker = builder.AddExecutable("ticker", "/bin/sh", ".", "-c", "echo started; exec sleep 1000");

var first = builder.AddProject<Projects.Sample_Service>("first")
    .WithEnvironment("SAMPLE_SECRET", secret)
    .WithHttpHealthCheck("/health")
    .WithUrlForEndpoint("http", url => url.DisplayText = "First")
    .WithCommand("greet", "Greet", context => Task.FromResult(CommandResults.Success($"Hello, {context.ResourceName}")))
    .WaitForStart(ticker);

builder.AddProject<Projects.Sample_Service>("second", launchProfileName: null)
    .WithHttpEndpoint()
    .WithReference(first)
    .WithReplicas(2)
    .WaitFor(first);

builder.Build().Run();
