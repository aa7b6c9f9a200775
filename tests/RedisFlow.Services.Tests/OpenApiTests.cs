namespace RedisFlow.Services.Tests;

/// <summary>
/// The documents in <c>docs/openapi</c> are what the services answer. After a wanted change of an API, run these tests
/// once with the environment variable <c>UPDATE_OPENAPI=1</c>: they then write the documents instead, for the review of
/// the difference.
/// </summary>
public sealed class OpenApiTests(RunningSystem system)
{
    [Theory]
    [InlineData("organization")]
    [InlineData("reporting")]
    [InlineData("analytics")]
    [InlineData("billing")]
    public async Task The_document_is_as_checked_in(string service)
    {
        var process = service switch
        {
            "organization" => system.Organization,
            "reporting" => system.Reporting,
            "analytics" => system.Analytics,
            _ => system.Billing,
        };
        var answer = await process.GetAsync("openapi/v1.json");
        Assert.True(answer.Status == System.Net.HttpStatusCode.OK, answer.ToString());
        var document = answer.Text.ReplaceLineEndings("\n").TrimEnd() + "\n";
        var file = Path.Combine(Layout.RepoRoot, "docs", "openapi", $"{service}.json");
        if (Environment.GetEnvironmentVariable("UPDATE_OPENAPI") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, document, TestContext.Current.CancellationToken);
        }

        Assert.True(File.Exists(file), $"{file} is missing. Run this test with UPDATE_OPENAPI=1 to write it.");
        Assert.Equal(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), document);
    }
}
