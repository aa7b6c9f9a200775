using System.Text.Json;
using RedisFlow.Cli.CommandLine;
using RedisFlow.Testing;

namespace RedisFlow.Cli.Tests;

public sealed class WatchTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task Watching_shows_the_rates_from_the_second_look_on()
    {
        await using var scene = await Scene.StartAsync(redis.Server);
        await scene.PublishAsync(4);
        using var output = new Output();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var watching = scene.Tool.RunAsync(output, stop.Token, "watch", "--json", "--interval", "100ms");
        await Eventually.Until(() => Looks(output).Length > 0, cancellationToken: stop.Token);

        // Until a look falls between two of these, however slow the machine is.
        await Eventually.Until(
            async () =>
            {
                await scene.PublishAsync(3);
                await scene.ReadAsync(2);
                return Looks(output).Any(look => Rate(Rates(look, scene), "addedPerSecond") > 0)
                    && Looks(output)
                        .Any(look =>
                            Rate(Rates(look, scene).GetProperty("groups").GetProperty("g"), "deliveredPerSecond") > 0
                        );
            },
            cancellationToken: stop.Token
        );
        await stop.CancelAsync();

        Assert.Equal(ExitCode.Interrupted, (await watching).ExitCode);
        Assert.Equal(JsonValueKind.Null, Rates(Looks(output)[0], scene).GetProperty("addedPerSecond").ValueKind);
        var stream = Looks(output)[0].GetProperty("streams")[0];
        Assert.Equal(4, stream.GetProperty("length").GetInt64());
        Assert.Equal("g", stream.GetProperty("groups")[0].GetProperty("group").GetString());
    }

    [Fact]
    public async Task Watching_as_text_ends_after_as_many_looks_as_asked_for()
    {
        await using var scene = await Scene.StartAsync(redis.Server);

        var text = await scene.Tool.TextAsync("watch", "--count", "3", "--interval", "50ms");

        Assert.Equal(3, text.Split($"{scene.Name}  0 entries").Length - 1);
        Assert.Contains("delivered", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watching_goes_on_when_redis_comes_back()
    {
        await using var server = await RedisServer.StartAsync(TestContext.Current.CancellationToken);
        await using var scene = await Scene.StartAsync(server);
        using var output = new Output();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var watching = scene.Tool.RunAsync(output, stop.Token, "watch", "--json", "--interval", "50ms");
        await Eventually.Until(() => Looks(output).Length > 1, cancellationToken: stop.Token);
        await server.StopAsync();
        await Task.WhenAny(
            watching,
            Eventually.Until(() => Task.FromResult(Looks(output).Length), SameTwice(), cancellationToken: stop.Token)
        );

        await server.RestartAsync(stop.Token);
        var before = Looks(output).Length;
        await Eventually.Until(
            () => Looks(output).Length > before + 1 || watching.IsCompleted,
            cancellationToken: stop.Token
        );
        await stop.CancelAsync();

        var result = await watching;
        Assert.Equal(ExitCode.Interrupted, result.ExitCode);
        Assert.Contains("trying again", result.Error, StringComparison.Ordinal);

        static Func<int, bool> SameTwice()
        {
            var (last, same) = (-1, 0);
            return count =>
            {
                same = count == last ? same + 1 : 0;
                last = count;
                return same > 20;
            };
        }
    }

    private static JsonElement[] Looks(Output output) =>
        [.. output.Lines.Select(line => JsonDocument.Parse(line).RootElement)];

    private static JsonElement Rates(JsonElement look, Scene scene) =>
        look.GetProperty("rates").GetProperty(scene.Name);

    private static double Rate(JsonElement of, string name) =>
        of.GetProperty(name) is { ValueKind: JsonValueKind.Number } rate ? rate.GetDouble() : 0;
}
