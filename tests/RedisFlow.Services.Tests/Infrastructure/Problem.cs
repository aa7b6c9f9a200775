using System.Net;

namespace RedisFlow.Services.Tests;

/// <summary>Checks of problem documents (RFC 9457).</summary>
internal static class Problem
{
    public static void AssertIn(Answer answer, HttpStatusCode status, string named)
    {
        Assert.True(answer.Status == status, answer.ToString());
        Assert.Equal("application/problem+json", answer.MediaType);
        Assert.Equal((int)status, answer.Json.GetProperty("status").GetInt32());
        Assert.NotEqual("", answer.Json.GetProperty("title").GetString());
        Assert.Contains(named, answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }
}
