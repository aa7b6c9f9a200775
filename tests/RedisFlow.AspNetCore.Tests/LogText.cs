using Microsoft.Extensions.Logging.Testing;

namespace RedisFlow.AspNetCore.Tests;

/// <summary>Everything that an application logged, in one text: for what must not be in it.</summary>
internal static class LogText
{
    public static string AllText(this FakeLogCollector log) =>
        string.Join(
            '\n',
            log.GetSnapshot()
                .SelectMany(record =>
                    new[] { record.Message, $"{record.Exception}" }
                        .Concat((record.StructuredState ?? []).Select(value => $"{value}"))
                        .Concat(record.Scopes.Select(scope => $"{scope}"))
                )
        );
}
