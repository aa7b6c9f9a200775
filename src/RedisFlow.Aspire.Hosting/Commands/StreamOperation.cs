using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RedisFlow.Streams;

namespace RedisFlow.Aspire.Hosting;

/// <summary>Runs an operation on a stream as a command, then shows what the stream became.</summary>
internal static class StreamOperation
{
    /// <summary>
    /// Runs the operation. What the engine refuses, such as a group that does not exist, is the command's failure, in
    /// the engine's words.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="context">The command's execution.</param>
    /// <param name="operation">The operation; it returns what the dashboard says of its success.</param>
    public static async Task<ExecuteCommandResult> RunAsync(
        StreamResource stream,
        ExecuteCommandContext context,
        Func<IStreamAdministration, CancellationToken, Task<string>> operation
    )
    {
        var cancellationToken = context.CancellationToken;
        try
        {
            var access = context.Services.GetRequiredKeyedService<StreamAccess>(stream.Name);
            var message = await operation(await access.GetAdministrationAsync(cancellationToken), cancellationToken);
            await context.Services.GetRequiredKeyedService<StreamView>(stream.Name).RefreshAsync(cancellationToken);
            return CommandResults.Success(message);
        }
        catch (Exception exception)
            when (exception
                    is ArgumentException
                        or ConsumerGroupNotFoundException
                        or InvalidOperationException
                        or OptionsValidationException
            )
        {
            return CommandResults.Failure(exception.Message);
        }
    }
}
