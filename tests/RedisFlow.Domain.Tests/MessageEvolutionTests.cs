using RedisFlow.Streams;

namespace RedisFlow.Domain.Tests;

/// <summary>
/// Messages outlive the build that wrote them: they stay in streams, and services of several versions run at the same
/// time. So what was once released may be added to, never changed. To release an addition: run these tests with the
/// environment variable REDISFLOW_ACCEPT_MESSAGES=1, which appends the new fields to descriptors/messages.txt, and
/// commit that file with the change.
/// </summary>
public sealed class MessageEvolutionTests
{
    private static readonly string Stored = Path.Combine(AppContext.BaseDirectory, "descriptors", "messages.txt");

    [Fact]
    public async Task Nothing_that_was_released_is_removed_renumbered_renamed_or_retyped()
    {
        var stored = await MessageDescriptors.StoredAsync(Stored, TestContext.Current.CancellationToken);

        Assert.NotEmpty(stored);
        Assert.Empty(stored.Except(MessageDescriptors.Current));
    }

    [Fact]
    public async Task Every_addition_is_recorded()
    {
        var stored = await MessageDescriptors.StoredAsync(Stored, TestContext.Current.CancellationToken);
        var added = MessageDescriptors.Current.Except(stored).ToArray();
        if (added.Length > 0 && Environment.GetEnvironmentVariable("REDISFLOW_ACCEPT_MESSAGES") == "1")
        {
            await AcceptAsync(stored.Concat(added), TestContext.Current.CancellationToken);
            return;
        }

        Assert.True(
            added.Length == 0,
            $"New in the contracts: {string.Join("; ", added)}. "
                + "If that is meant, run the tests with REDISFLOW_ACCEPT_MESSAGES=1 and commit messages.txt."
        );
    }

    [Fact]
    public void The_first_three_fields_of_the_envelope_are_fixed()
    {
        var fields = StreamMessage
            .Descriptor.Fields.InFieldNumberOrder()
            .Take(3)
            .Select(field => (field.FieldNumber, field.Name));
        Assert.Equal([(1, "producer"), (2, "content"), (3, "created_at")], fields);
    }

    private static async Task AcceptAsync(IEnumerable<string> lines, CancellationToken cancellationToken)
    {
        var source = SourceOfThis();
        var header = (await File.ReadAllLinesAsync(source, cancellationToken)).TakeWhile(line => line.StartsWith('#'));
        await File.WriteAllLinesAsync(source, [.. header, .. lines.Order(StringComparer.Ordinal)], cancellationToken);
    }

    private static string SourceOfThis([System.Runtime.CompilerServices.CallerFilePath] string path = "") =>
        Path.Combine(Path.GetDirectoryName(path)!, "descriptors", "messages.txt");
}
