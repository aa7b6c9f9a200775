using System.Net;
using Xunit;

namespace RedisFlow.Integration;

/// <summary>A change at Organization reaches every cache.</summary>
[Collection(WholeSystem.Name)]
public sealed class CoherenceTests(RedisFlowApplication application)
{
    [Fact]
    public async Task Should_ServeTheNewNameFromEveryService_When_ACompanyWasCachedAndChanges()
    {
        var readers = CompanyReader.All(application);
        var (id, _) = await application.Organization.CreateCompanyAsync("Acme Motors");
        foreach (var reader in readers)
        {
            Assert.Equal(new CompanyAnswer(HttpStatusCode.OK, "Acme Motors", "MISS"), await reader.ReadAsync(id));
            Assert.Equal("Acme Motors", (await reader.ReadUntilCachedAsync(id)).Name);
        }

        await application.Organization.RenameCompanyAsync(id, "Acme Group");

        foreach (var reader in readers)
        {
            await Deadline.UntilAsync(
                () => reader.ReadAsync(id),
                answer => answer.Name == "Acme Group",
                $"{reader} answers with the new name"
            );

            // Once new, never old again: whichever replica answers, from whichever level.
            for (var i = 0; i < 20; i++)
            {
                Assert.Equal("Acme Group", (await reader.ReadAsync(id)).Name);
            }
        }
    }

    [Fact]
    public async Task Should_AnswerNotFoundFromEveryService_When_ACachedCompanyIsDeleted()
    {
        var readers = CompanyReader.All(application);
        var (id, _) = await application.Organization.CreateCompanyAsync("Short-lived Motors");
        foreach (var reader in readers)
        {
            await reader.ReadUntilCachedAsync(id);
        }

        await application.Organization.DeleteCompanyAsync(id);

        foreach (var reader in readers)
        {
            await Deadline.UntilAsync(
                () => reader.ReadAsync(id),
                answer => answer.Status == HttpStatusCode.NotFound,
                $"{reader} answers 404"
            );
        }
    }
}
