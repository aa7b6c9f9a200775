using System.Reflection;
using StackExchange.Redis;

namespace RedisFlow.Caching.Tests;

/// <summary>A connection of which every use throws the same exception.</summary>
#pragma warning disable CA1852 // The proxy is a subtype, made at run time.
internal class FailingConnection : DispatchProxy
#pragma warning restore CA1852
{
    private Exception _failure = null!;

    /// <summary>Makes one.</summary>
    public static IConnectionMultiplexer With(Exception failure)
    {
        var connection = Create<IConnectionMultiplexer, FailingConnection>();
        ((FailingConnection)(object)connection)._failure = failure;
        return connection;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => throw _failure;
}
