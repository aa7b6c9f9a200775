using Aspire.Hosting.Testing;
using Xunit;

namespace RedisFlow.Integration;

/// <summary>The AppHost's settings of the stream's resource and the commands. Nothing is started.</summary>
public sealed class OperatorSettingTests
{
    [Theory]
    [InlineData("StreamView:RefreshInterval", "00:00:00.05", "00:00:02")]
    [InlineData("StreamView:RefreshInterval", "soon", "00:00:02")]
    [InlineData("Commands:BurstSize", "0", "100")]
    [InlineData("Commands:BurstSize", "100001", "100")]
    [InlineData("Commands:SampleCompanies", "201", "20")]
    [InlineData("Commands:Concurrency", "many", "8")]
    [InlineData("Commands:ClaimMinIdle", "00:00:00", "00:00:15")]
    [InlineData("Streams:LagCheck:DegradedAfter", "00:00:00", "00:00:30")]
    [InlineData("Streams:LagCheck:UnhealthyAfter", "00:00:01", "00:02:00")]
    public async Task Should_RefuseTheStart_When_ASettingCannotBe(string setting, string value, string example)
    {
        var data = Directory.CreateTempSubdirectory("redisflow-settings-");
        try
        {
            var refused = await Assert.ThrowsAnyAsync<Exception>(async () =>
            {
                var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.RedisFlow_AppHost>(
                    [$"--Redis:DataDirectory={data.FullName}", "--Redis:Mode=process", $"--{setting}={value}"],
                    TestContext.Current.CancellationToken
                );
                await using var application = await builder.BuildAsync(TestContext.Current.CancellationToken);
                await application.StartAsync(TestContext.Current.CancellationToken);
            });

            Assert.Contains(setting, refused.Message, StringComparison.Ordinal);
            Assert.Contains(example, refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }
}
