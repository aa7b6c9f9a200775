using Mono.Cecil;

namespace RedisFlow.Architecture.Tests;

/// <summary>
/// Rooms are the namespaces of a library. Its public types are at the root: contracts at the bottom, and the
/// registration, which knows every room, at the top.
/// </summary>
public sealed class RoomTests
{
    private const string Contracts = "(contracts)";
    private const string Registration = "Registration";
    private const string Settings = "Settings";

    private const string Facade = "(facade)";

    // The public types that join rooms.
    private static readonly Dictionary<string, string> Joining = new()
    {
        ["Extensions"] = Registration,
        ["Builder"] = Registration,
        ["Validator"] = Settings,
        ["Outbox`1"] = Facade,
        ["StreamHybridCache"] = Facade,
        ["StreamHybridCaches"] = Facade,
        ["CacheInvalidationHandler"] = Facade,
    };

    [Theory]
    [InlineData("RedisFlow.Streams")]
    [InlineData("RedisFlow.Streams.EntityFrameworkCore")]
    [InlineData("RedisFlow.Caching")]
    [InlineData("RedisFlow.AspNetCore")]
    public void Rooms_use_each_other_in_one_direction(string library)
    {
        using var assembly = Libraries.Read(library);
        var uses = new Dictionary<(string From, string To), SortedSet<string>>();
        foreach (var (type, used) in TypeUse.Of(assembly))
        {
            var from = RoomOf(library, type);
            foreach (
                var other in used.OfType<TypeDefinition>()
                    .Where(other => other.Namespace.StartsWith(library, StringComparison.Ordinal))
            )
            {
                var to = RoomOf(library, other);
                if (from != to)
                {
                    (uses.TryGetValue((from, to), out var examples) ? examples : uses[(from, to)] = []).Add(
                        $"{type.Name} → {other.Name}"
                    );
                }
            }
        }

        var circles = Circles.Of(uses);
        Assert.True(circles.Count == 0, string.Join('\n', circles));
    }

    [Theory]
    [InlineData("RedisFlow.Streams")]
    [InlineData("RedisFlow.Streams.EntityFrameworkCore")]
    [InlineData("RedisFlow.Caching")]
    public void Public_types_are_at_the_root(string library)
    {
        using var assembly = Libraries.Read(library);

        Assert.Empty(
            assembly
                .MainModule.Types.Where(type => type.IsPublic && type.Namespace != library)
                .Select(type => type.FullName)
        );
    }

    private static string RoomOf(string library, TypeDefinition type)
    {
        if (type.Namespace != library)
        {
            return type.Namespace[(library.Length + 1)..];
        }

        return Joining.FirstOrDefault(joining => type.Name.EndsWith(joining.Key, StringComparison.Ordinal)).Value
            ?? Contracts;
    }
}
