using System.Collections.Frozen;
using System.Collections.Immutable;
using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using RedisFlow.Caching.Serialization;
using RedisFlow.Domain.Messages;

// The fields are the point here.
#pragma warning disable CA1051, CA1815, CA1823, CA1852, IDE0044, IDE0051, CS0169, CS0414, CS0649

namespace RedisFlow.Caching.Tests;

public sealed class ImmutabilityTests
{
    public enum Colour
    {
        Red,
    }

    /// <summary>Values that are shared, also where only <c>object</c> is declared.</summary>
    public static TheoryData<object> Immutable =>
        [
            "text",
            1,
            1.5,
            'c',
            true,
            Colour.Red,
            1m,
            DateTime.UnixEpoch,
            DateTimeOffset.UnixEpoch,
            DateOnly.MinValue,
            TimeOnly.MinValue,
            TimeSpan.Zero,
            Guid.Empty,
            (Half)1,
            Int128.One,
            BigInteger.One,
            new Uri("https://example.org/"),
            new Version(1, 2),
            new Five(1, "n", 2m, DateTimeOffset.UnixEpoch, true),
            new OpenRecord("n"),
            new Derived("n", 1),
            new WithInit { Name = "n", Count = 1 },
            new RecordStruct(1, "n"),
            new Nested(
                new Five(1, "n", 2m, DateTimeOffset.UnixEpoch, true),
                new RecordStruct(1, "n"),
                5,
                Colour.Red,
                new Uri("https://example.org/")
            ),
            new Tree("root", new Tree("leaf", null, []), []),
            new Ping(new Pong(null)),
            new { Name = "n", Count = 1 },
            Tuple.Create(1, "two"),
            KeyValuePair.Create("k", 1),
            new Collections(
                [1],
                ["a"],
                ["b"],
                ImmutableDictionary<string, Five>.Empty,
                FrozenSet<Guid>.Empty,
                FrozenDictionary<string, Uri>.Empty
            ),
            ImmutableArray.Create("a"),
            ImmutableList.Create(new Five(1, "n", 2m, DateTimeOffset.UnixEpoch, true)),
            ImmutableSortedDictionary<string, ImmutableList<int>>.Empty,
            Enumerable.Range(1, 3).ToFrozenSet(),
            new Dictionary<string, int> { ["a"] = 1, ["b"] = 2 }.ToFrozenDictionary(),
            new HoldsMutableStruct(new MutableStruct { Name = "n" }),
            new Marked { Name = "n" },
            new HoldsMarked(new Marked()),
            new HoldsGeneric(new Generic<string>("n")),
        ];

    /// <summary>Values of which each caller gets a copy.</summary>
    public static TheoryData<object> Mutable =>
        [
            new[] { 1 },
            new List<int>(),
            new Dictionary<string, int>(),
            new HashSet<int>(),
            new object[] { "a" },
            new List<string>().AsReadOnly(),
            new CompanyUpdated(),
            new Func<int>(() => 1),
            new Lazy<int>(1),
            new StringReader(""),
            new WeakReference<string>("a"),
            Task.CompletedTask,
            new ReadOnlyMemory<byte>([1]),
            new ArraySegment<int>([1]),
            (1, "two"),
            new MutableStruct { Name = "n" },
            new WithSetter { Name = "n" },
            new DerivedMutable("n") { Count = 1 },
            new HoldsArray([1]),
            new HoldsInterface([1]),
            new HoldsObject("text"),
            new HoldsOpenRecord(new OpenRecord("n")),
            new HoldsFunction(() => 1),
            new HoldsMutable(new WithSetter()),
            new HoldsMutableInStruct(new HoldsMutableStructOf(new WithSetter())),
            new HoldsHandle(1),
            new PrivateField(),
            new PrivateFieldBelow("n"),
            new Cached("n"),
            new Captures(1),
            new MutableCycle("n", null),
            new CycleWithMutable(new CycleBack(null)),
            new Endless<int>(null),
            new CollectionOfMutable([]),
            ImmutableList.Create(new List<int>()),
            ImmutableArray.Create<object>("a"),
            ImmutableDictionary<string, WithSetter>.Empty,
            ImmutableList.CreateBuilder<int>(),
            new object?[] { null }.ToFrozenSet(),
            new Excluded("n"),
            new HoldsExcluded(new Excluded("n")),
            new BelowMarked { Name = "n" },
        ];

    [Theory]
    [MemberData(nameof(Immutable))]
    public void Structurally_immutable_values_are_shared(object value) =>
        Assert.True(Immutability.IsImmutable(value), value.GetType().Name);

    [Theory]
    [MemberData(nameof(Mutable))]
    public void All_others_are_copied(object value) =>
        Assert.False(Immutability.IsImmutable(value), value.GetType().Name);

    [Fact]
    public void Where_fields_are_not_seen_only_what_is_named_or_marked_is_shared()
    {
        foreach (
            var type in new[]
            {
                typeof(Five),
                typeof(OpenRecord),
                typeof(WithSetter),
                typeof(HoldsMarked),
                typeof(ImmutableList<Five>),
                typeof(Action),
            }
        )
        {
            Assert.False(ImmutableStructure.OfObject(type, seesFields: false), type.Name);
        }

        foreach (
            var type in new[]
            {
                typeof(string),
                typeof(int),
                typeof(Colour),
                typeof(Uri),
                typeof(Marked),
                typeof(ImmutableList<string>),
                typeof(ImmutableArray<Marked>),
            }
        )
        {
            Assert.True(ImmutableStructure.OfObject(type, seesFields: false), type.Name);
        }

        Assert.False(ImmutableStructure.OfStruct(typeof(RecordStruct), seesFields: false));
        Assert.True(ImmutableStructure.OfStruct(typeof(RecordStruct), seesFields: true));
    }

    [Fact]
    public void The_type_of_the_value_counts_not_the_declared_one()
    {
        Assert.True(Immutability.IsImmutable<IReadOnlyList<string>>(ImmutableList.Create("a")));
        Assert.False(Immutability.IsImmutable<IReadOnlyList<string>>(new List<string> { "a" }));
        Assert.True(Immutability.IsImmutable<OpenRecord>(new Derived("n", 1)));
        Assert.False(Immutability.IsImmutable<OpenRecord>(new DerivedMutable("n")));
        Assert.True(Immutability.IsImmutable<object?>(null));
        Assert.True(Immutability.IsImmutable<WithSetter?>(null));
    }

    [Fact]
    public void Of_a_struct_every_caller_has_a_copy_so_only_what_it_refers_to_counts()
    {
        Assert.True(Immutability.IsImmutable((1, "two")));
        Assert.True(Immutability.IsImmutable(((string, int)?)("two", 1)));
        Assert.True(Immutability.IsImmutable(new MutableStruct()));
        Assert.True(Immutability.IsImmutable((int?)null));
        Assert.True(Immutability.IsImmutable(new Buffer()));
        Assert.True(Immutability.IsImmutable((ImmutableArray.Create("a"), new OpenRecordHolder())));
        Assert.False(Immutability.IsImmutable((1, new List<int>())));
        Assert.False(Immutability.IsImmutable((1, (object)"two")));
        Assert.False(Immutability.IsImmutable(new ReadOnlyMemory<byte>([1])));
        Assert.False(Immutability.IsImmutable(new HoldsMutableStructOf(new WithSetter())));
    }

    [Fact]
    public void Structs_and_sealed_classes_are_decided_without_a_look_at_the_value()
    {
        Assert.True(Immutability<string>.IsDecided && Immutability<string>.IsImmutable);
        Assert.True(Immutability<Five>.IsDecided && Immutability<Five>.IsImmutable);
        Assert.True(Immutability<(int, string)>.IsDecided && Immutability<(int, string)>.IsImmutable);
        Assert.True(Immutability<int[]>.IsDecided && !Immutability<int[]>.IsImmutable);
        Assert.False(
            Immutability<OpenRecord>.IsDecided
                || Immutability<IReadOnlyList<int>>.IsDecided
                || Immutability<object>.IsDecided
        );
    }

    [Fact]
    public void What_was_assumed_of_a_cycle_that_turned_out_mutable_is_not_remembered()
    {
        // Of these two, the first is mutable for its own sake, the second for the first's, in whichever order they are
        // asked for.
        Assert.False(Immutability.IsImmutable(new LateCycle(null, [])));
        Assert.False(Immutability.IsImmutable(new LateCycleBack(null)));
        Assert.False(Immutability.IsImmutable(new OtherCycleBack(null)));
        Assert.False(Immutability.IsImmutable(new OtherCycle(null, [])));
    }

    public sealed record Five(long Id, string Name, decimal Price, DateTimeOffset At, bool Active);

    public record OpenRecord(string Name);

    public record Derived(string Name, int Count) : OpenRecord(Name);

    public record DerivedMutable(string Name) : OpenRecord(Name)
    {
        public int Count { get; set; }
    }

    public sealed class WithInit
    {
        public required string Name { get; init; }

        public int Count { get; init; }
    }

    public readonly record struct RecordStruct(int Id, string Name);

    public sealed record Nested(Five Five, RecordStruct Struct, int? Number, Colour? Colour, Uri Uri);

    public sealed record Tree(string Name, Tree? Left, ImmutableArray<Tree> Children);

    public sealed record Ping(Pong? Pong);

    public sealed record Pong(Ping? Ping);

    public sealed record Collections(
        ImmutableArray<int> Array,
        ImmutableList<string> List,
        ImmutableHashSet<string> Set,
        ImmutableDictionary<string, Five> Dictionary,
        FrozenSet<Guid> Frozen,
        FrozenDictionary<string, Uri> FrozenDictionary
    );

    public struct MutableStruct
    {
        public string Name;
    }

    public sealed record HoldsMutableStruct(MutableStruct Value);

    [ImmutableObject(true)]
    public sealed class Marked
    {
        public string Name { get; set; } = "";
    }

    public sealed record HoldsMarked(Marked Value);

    public sealed record Generic<T>(T Value);

    public sealed record HoldsGeneric(Generic<string> Value);

    public sealed class WithSetter
    {
        public string Name { get; set; } = "";
    }

    public sealed record HoldsArray(int[] Value);

    public sealed record HoldsInterface(IReadOnlyList<int> Value);

    public sealed record HoldsObject(object Value);

    public sealed record HoldsOpenRecord(OpenRecord Value);

    public sealed record HoldsFunction(Func<int> Value);

    public sealed record HoldsMutable(WithSetter Value);

    public readonly record struct HoldsMutableStructOf(WithSetter Value);

    public sealed record HoldsMutableInStruct(HoldsMutableStructOf Value);

    public sealed record HoldsHandle(nint Value);

    public sealed class PrivateField
    {
        private int _count;
    }

    public abstract class Base
    {
        private int _count;
    }

    public sealed class PrivateFieldBelow(string name) : Base
    {
        public string Name { get; } = name;
    }

    public sealed record Cached(string Name)
    {
        private int _hash;
    }

    public sealed class Captures(int count)
    {
        public int Next() => count++;
    }

    public sealed record MutableCycle(string Name, MutableCycle? Next)
    {
        public int Count { get; set; }
    }

    public sealed record CycleWithMutable(CycleBack Back);

    public sealed record CycleBack(CycleWithMutable? Back)
    {
        public int Count { get; set; }
    }

    public sealed record LateCycle(LateCycleBack? Back, int[] Late);

    public sealed record LateCycleBack(LateCycle? Back);

    public sealed record OtherCycle(OtherCycleBack? Back, int[] Late);

    public sealed record OtherCycleBack(OtherCycle? Back);

    public sealed record Endless<T>(Endless<Endless<T>>? Next);

    public sealed record CollectionOfMutable(ImmutableList<WithSetter> Value);

    [ImmutableObject(false)]
    public sealed record Excluded(string Name);

    public sealed record HoldsExcluded(Excluded Value);

    [ImmutableObject(true)]
    public class OpenMarked
    {
        public string Name { get; set; } = "";
    }

    public sealed class BelowMarked : OpenMarked;

    public readonly record struct OpenRecordHolder(string Name);

    [InlineArray(4)]
    public struct Buffer
    {
        private string _first;
    }
}
