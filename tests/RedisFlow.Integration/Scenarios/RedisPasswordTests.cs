using Aspire.Hosting;
using Aspire.Hosting.Testing;
using Xunit;

namespace RedisFlow.Integration;

/// <summary>
/// Passwords as people choose them: https://github.com/microsoft/aspire/issues/4642,
/// https://github.com/docmost/docmost/issues/512
/// </summary>
[Collection(OwnAppHost.Name)]
[Trait("Suite", "Reported faults")]
public sealed class RedisPasswordTests
{
    [Fact]
    public async Task Should_WorkWithEveryPasswordThatCanBeQuoted()
    {
        const string Password = """my  "pass" 'word' \x41\ $HOME = # %41 @ü: /?[a] {{b}}""";
        await using var storage = new RedisStorage();

        // Answers: the server, the health check and the client agree on the password.
        await using var redis = await RedisAlone.StartAsync(storage, $"--Parameters:redis-password={Password}");

        Assert.Equal(Password, redis.Password);
        var uri = new Uri((await redis.PropertyAsync("Uri"))!);
        Assert.Equal($":{Password}", Uri.UnescapeDataString(uri.UserInfo));
    }

    [Theory]
    [InlineData("hunter2,ssl=true")]
    [InlineData(" hunter2")]
    [InlineData("hunter2\u00a0")]
    [InlineData("hunter\02")]
    public async Task Should_RefuseTheStartAndNameTheParameter_When_ThePasswordCannotBeQuoted(string password)
    {
        await using var storage = new RedisStorage();

        var refused = await Assert.ThrowsAsync<DistributedApplicationException>(async () =>
        {
            var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.RedisFlow_AppHost>(
                [.. storage.Arguments, $"--Parameters:redis-password={password}"],
                TestContext.Current.CancellationToken
            );
            await using var application = await builder.BuildAsync(TestContext.Current.CancellationToken);
            await application.StartAsync(TestContext.Current.CancellationToken);
        });

        Assert.Contains("Parameters:redis-password", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", refused.Message, StringComparison.Ordinal);
    }
}
