using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Cli.CommandLine;

/// <summary>Which exit code an exception means, and what to say.</summary>
internal static class Failures
{
    public static (int ExitCode, string Message) Describe(Exception exception) =>
        exception switch
        {
            UsageException => (ExitCode.Usage, exception.Message),
            NoConnectionException => (ExitCode.NoConnection, exception.Message),
            OperationFailedException => (ExitCode.Failed, exception.Message),
            StreamPublishException => (ExitCode.Failed, exception.Message),

            RedisConnectionException
                when exception.Message.Contains("not eligible for replica", StringComparison.Ordinal) => (
                ExitCode.NoConnection,
                "This server is a replica, which may be behind: connect to its master."
            ),

            // Only what is said first: the rest is the library's advice on its own internals.
            RedisConnectionException or TimeoutException => (
                ExitCode.NoConnection,
                $"The connection to Redis was lost: {FirstLine(exception.Message)}"
            ),
            RedisServerException => (ExitCode.Failed, $"Redis refused: {exception.Message}"),
            RedisException => (
                ExitCode.NoConnection,
                $"The connection to Redis was lost: {FirstLine(exception.Message)}"
            ),
            ArgumentException => (ExitCode.Failed, WithoutParameter(exception.Message)),
            _ => (ExitCode.Failed, exception.Message),
        };

    /// <summary>The message without the name of the parameter, which means nothing on a command line.</summary>
    public static string WithoutParameter(string message)
    {
        var parameter = message.IndexOf(" (Parameter '", StringComparison.Ordinal);
        return parameter < 0 ? message : message[..parameter];
    }

    private static string FirstLine(string message)
    {
        var end = message.AsSpan().IndexOfAny(";\r\n");
        return end < 0 ? message : message[..end];
    }
}
