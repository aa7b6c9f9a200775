using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Domain;
using StackExchange.Redis;
using Xunit;

namespace RedisFlow.Integration;

/// <summary>What the AppHost promises of its Redis, be it a process or a container.</summary>
[Collection(WholeSystem.Name)]
public sealed class RedisServerTests(RedisFlowApplication application)
{
    [Fact]
    public async Task Should_RunInTheModeThatIsAskedFor()
    {
        var resource = application
            .Application.Services.GetRequiredService<DistributedApplicationModel>()
            .Resources.Single(resource => resource.Name == ResourceNames.Redis);

        Assert.Equal(RedisStorage.IsContainer, resource.IsContainer());
        Assert.Equal(application.Storage.ServerDirectory, await SettingAsync("dir"));
    }

    [Theory]
    [InlineData("appendonly", "yes")]
    [InlineData("appendfsync", "everysec")]
    [InlineData("maxmemory-policy", "noeviction")]
    public async Task Should_AppendEveryChangeToAFileAndEvictNothing(string setting, string value) =>
        Assert.Equal(value, await SettingAsync(setting));

    [Fact]
    public void Should_HaveAPortThatNoOutgoingConnectionIsGiven()
    {
        // A container's port is published by the engine, which keeps it.
        var port = application.Application.GetEndpoint(ResourceNames.Redis, "tcp").Port;

        Assert.True(RedisStorage.IsContainer || port < 32_768, $"{port}");
    }

    [Fact]
    public async Task Should_RefuseEveryCommand_When_NoPasswordIsGiven()
    {
        Assert.StartsWith("-NOAUTH", await AnswerAsync("PING"), StringComparison.Ordinal);
        Assert.StartsWith("-NOAUTH", await AnswerAsync("GET any"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Should_AcceptOnlyThePasswordOfTheConnectionString()
    {
        var password = ConfigurationOptions
            .Parse(
                (
                    await application.Application.GetConnectionStringAsync(
                        ResourceNames.Redis,
                        TestContext.Current.CancellationToken
                    )
                )!,
                ignoreUnknown: true
            )
            .Password;

        Assert.StartsWith("-WRONGPASS", await AnswerAsync($"AUTH {password}x"), StringComparison.Ordinal);
        Assert.Equal("+OK", await AnswerAsync($"AUTH {password}"));
    }

    [Fact]
    public async Task Should_KeepItsData_When_TheAppHostEndsAndIsStartedAgain()
    {
        await using var storage = new RedisStorage();
        string? password;
        string entry;
        await using (var first = await RedisAlone.StartAsync(storage))
        {
            password = first.Password;
            await first.Redis.HashSetAsync("company", "name", "Enduring Motors");
            entry = (string)(await first.Redis.ExecuteAsync("XADD", "changes", "*", "company", "1"))!;
            await first.Redis.ExecuteAsync("XGROUP", "CREATE", "changes", "readers", "0");
            await first.Redis.ExecuteAsync("XREADGROUP", "GROUP", "readers", "reader", "STREAMS", "changes", ">");
        }

        await using var second = await RedisAlone.StartAsync(storage);

        // A value, a stream, and who was given what: what the services' state consists of. The password is the one that
        // clients know.
        Assert.Equal(password, second.Password);
        Assert.Equal("Enduring Motors", (string?)await second.Redis.HashGetAsync("company", "name"));
        Assert.Equal(1, (long)await second.Redis.ExecuteAsync("XLEN", "changes"));
        var pending = (RedisResult[])(await second.Redis.ExecuteAsync("XPENDING", "changes", "readers", "-", "+", 10))!;
        Assert.Equal(entry, (string?)((RedisResult[])Assert.Single(pending)!)[0]);
    }

    [Fact]
    public async Task Should_RefuseTheStart_When_AnotherAppHostUsesItsData()
    {
        await using var storage = new RedisStorage();
        await using var first = await RedisAlone.StartAsync(storage);

        var refusal = await Assert.ThrowsAsync<DistributedApplicationException>(() => RedisAlone.StartAsync(storage));

        Assert.Contains(
            RedisStorage.IsContainer ? "--Redis:DataVolume=" : "--Redis:DataDirectory=",
            refusal.Message,
            StringComparison.Ordinal
        );
        Assert.Equal(0, (long)await first.Redis.ExecuteAsync("DBSIZE"));
    }

    [Fact]
    public async Task Should_StartEmpty_When_TheStorageIsAnother()
    {
        await using var storage = new RedisStorage();
        await using var other = await RedisAlone.StartAsync(storage);

        Assert.Equal(0, (long)await other.Redis.ExecuteAsync("DBSIZE"));
    }

    private async Task<string> SettingAsync(string name)
    {
        var answer = (RedisResult[])(await application.Redis.ExecuteAsync("CONFIG", "GET", name))!;
        return (string)answer[1]!;
    }

    // A container speaks TLS where the machine trusts a development certificate.
    private async Task<Stream> OpenAsync(TcpClient client, string host, CancellationToken cancellationToken)
    {
        var text = await application.Application.GetConnectionStringAsync(ResourceNames.Redis, cancellationToken);
        if (!ConfigurationOptions.Parse(text!, ignoreUnknown: true).Ssl)
        {
            return client.GetStream();
        }

        var encrypted = new SslStream(client.GetStream());
        await encrypted.AuthenticateAsClientAsync(host);
        return encrypted;
    }

    /// <summary>
    /// Sends one line over a connection of its own: no client library that could send a password along.
    /// </summary>
    private async Task<string?> AnswerAsync(string command)
    {
        var endpoint = application.Application.GetEndpoint(ResourceNames.Redis, "tcp");
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var client = new TcpClient();
        await client.ConnectAsync(endpoint.Host, endpoint.Port, deadline.Token);
        await using var stream = await OpenAsync(client, endpoint.Host, deadline.Token);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(command + "\r\n"), deadline.Token);
        using var reader = new StreamReader(stream);
        return await reader.ReadLineAsync(deadline.Token);
    }
}
