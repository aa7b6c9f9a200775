using Mono.Cecil.Cil;

namespace RedisFlow.Architecture.Tests;

public sealed class MapTests
{
    private static readonly string[] Applications =
    [
        "cache:invalidation",
        "reporting",
        "analytics",
        "billing",
        "organization",
    ];

    public static TheoryData<string> Projects => [.. Libraries.MayUse.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_uses_only_what_is_below_it(string project)
    {
        using var assembly = Libraries.Read(project);
        var used = assembly
            .MainModule.AssemblyReferences.Select(reference => reference.Name)
            .Where(name => name.StartsWith("RedisFlow", StringComparison.Ordinal));

        Assert.Empty(used.Except(Libraries.MayUse[project]));
    }

    [Theory]
    [InlineData("RedisFlow.Streams")]
    [InlineData("RedisFlow.Streams.EntityFrameworkCore")]
    [InlineData("RedisFlow.Caching")]
    public void A_library_of_the_engine_does_without_ASP_NET_Core(string library)
    {
        using var assembly = Libraries.Read(library);

        Assert.DoesNotContain(
            assembly.MainModule.AssemblyReferences,
            reference => reference.Name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("RedisFlow.Streams")]
    [InlineData("RedisFlow.Streams.EntityFrameworkCore")]
    [InlineData("RedisFlow.Caching")]
    [InlineData("RedisFlow.AspNetCore")]
    [InlineData("RedisFlow.Aspire.Hosting")]
    [InlineData("redisflow")]
    public void A_library_names_no_application(string library)
    {
        using var assembly = Libraries.Read(library);
        var texts = assembly
            .MainModule.GetTypes()
            .SelectMany(type => type.Methods)
            .Where(method => method.HasBody)
            .SelectMany(method => method.Body.Instructions)
            .Where(instruction => instruction.OpCode == OpCodes.Ldstr)
            .Select(instruction => (string)instruction.Operand);

        Assert.Empty(texts.Intersect(Applications));
    }
}
