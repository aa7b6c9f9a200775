using System.Globalization;
using System.Runtime.CompilerServices;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard.Grpc;
using Google.Protobuf.WellKnownTypes;

namespace Aspire.Hosting.Dashboard;

/// <summary>The resource service: what the dashboard reads of the application, and the commands it executes.</summary>
internal sealed class DashboardService(
    string applicationName,
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    ResourceCommandService commands,
    TimeProvider timeProvider)
{
    public const string Path = "/aspire.v1.DashboardService/";

    /// <summary>
    /// The most characters in one message of log lines, and in one line. A character has at most three bytes in UTF-8:
    /// the message stays below the 4 MiB that a gRPC client accepts.
    /// </summary>
    private const int MaxLogCharacters = 1 << 20;

    private readonly DateTime _creation = timeProvider.GetUtcNow().UtcDateTime;

    public void Map(GrpcServer server) => server
        .MapUnary<Proto.ApplicationInformationRequest, Proto.ApplicationInformationResponse>(
            Path + "GetApplicationInformation",
            (_, _) => Task.FromResult(new Proto.ApplicationInformationResponse { ApplicationName = applicationName }))
        .MapStream<Proto.WatchResourcesRequest, Proto.WatchResourcesUpdate>(Path + "WatchResources", WatchResourcesAsync)
        .MapStream<Proto.WatchResourceConsoleLogsRequest, Proto.WatchResourceConsoleLogsUpdate>(
            Path + "WatchResourceConsoleLogs",
            WatchResourceConsoleLogsAsync)
        .MapUnary<Proto.ResourceCommandRequest, Proto.ResourceCommandResponse>(Path + "ExecuteResourceCommand", ExecuteResourceCommandAsync)

        // Nothing here asks the user anything. The dashboard tries again and logs an error for ever if this is not served.
        .MapSilent(Path + "WatchInteractions");

    private async IAsyncEnumerable<Proto.WatchResourcesUpdate> WatchResourcesAsync(
        Proto.WatchResourcesRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var subscription = notifications.Subscribe();
        var initial = new Proto.InitialResourceData();
        initial.Resources.AddRange(subscription.Current.Select(ToMessage));
        yield return new() { InitialData = initial };

        await foreach (var batch in subscription.ReadBatchesAsync(cancellationToken))
        {
            var changes = new Proto.WatchResourcesChanges();
            changes.Value.AddRange(batch.Select(change => new Proto.WatchResourcesChange { Upsert = ToMessage(change) }));
            yield return new() { Changes = changes };
        }
    }

    private async IAsyncEnumerable<Proto.WatchResourceConsoleLogsUpdate> WatchResourceConsoleLogsAsync(
        Proto.WatchResourceConsoleLogsRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var batches = request.SuppressFollow ? loggers.GetAllAsync(request.ResourceName) : loggers.WatchAsync(request.ResourceName);
        await foreach (var batch in batches.WithCancellation(cancellationToken))
        {
            var update = new Proto.WatchResourceConsoleLogsUpdate();
            var characters = 0;
            foreach (var (lineNumber, content, isError) in batch)
            {
                var text = content.Length > MaxLogCharacters ? content[..MaxLogCharacters] : content;
                if (characters + text.Length > MaxLogCharacters)
                {
                    yield return update;
                    update = new();
                    characters = 0;
                }

                update.LogLines.Add(new Proto.ConsoleLogLine { LineNumber = lineNumber, Text = text, IsStdErr = isError });
                characters += text.Length;
            }

            yield return update;
        }
    }

    private async Task<Proto.ResourceCommandResponse> ExecuteResourceCommandAsync(
        Proto.ResourceCommandRequest request,
        CancellationToken cancellationToken)
    {
        var arguments = request.Arguments.ToDictionary(argument => argument.Key, argument => ToText(argument.Value));
        var result = await commands.ExecuteCommandAsync(request.ResourceName, request.CommandName, arguments, cancellationToken);
        var response = new Proto.ResourceCommandResponse
        {
            Kind = result switch
            {
                { Canceled: true } => Proto.ResourceCommandResponseKind.Cancelled,
                { Success: true } => Proto.ResourceCommandResponseKind.Succeeded,
                { InvalidArguments: not null } => Proto.ResourceCommandResponseKind.InvalidArguments,
                _ => Proto.ResourceCommandResponseKind.Failed,
            },
            Message = result.Message ?? "",
            ErrorMessage = result.Message ?? "",
        };
        if (result.Data is { } data)
        {
            response.Result = new()
            {
                Value = data.Value,
                DisplayImmediately = data.DisplayImmediately,
                Format = data.Format switch
                {
                    CommandResultFormat.Json => Proto.CommandResultFormat.Json,
                    CommandResultFormat.Markdown => Proto.CommandResultFormat.Markdown,
                    _ => Proto.CommandResultFormat.Text,
                },
            };
        }

        return response;
    }

    private static string? ToText(Value value) => value.KindCase switch
    {
        Value.KindOneofCase.StringValue => value.StringValue,
        Value.KindOneofCase.NumberValue => value.NumberValue.ToString("R", CultureInfo.InvariantCulture),
        Value.KindOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        _ => null,
    };

    private Proto.Resource ToMessage(ResourceEvent change) => ResourceMapper.ToMessage(change, _creation);
}
