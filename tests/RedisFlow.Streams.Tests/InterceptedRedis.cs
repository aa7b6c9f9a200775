using System.Reflection;
using StackExchange.Redis;

namespace RedisFlow.Streams.Tests;

/// <summary>An application's connection whose acknowledgements a test may hold up or fail.</summary>
#pragma warning disable CA1852 // The proxy is a subtype, made at run time.
internal class InterceptedRedis : DispatchProxy
#pragma warning restore CA1852
{
    private object _inner = null!;
    private Func<Task?> _intercept = null!;

    /// <param name="connection">The real connection.</param>
    /// <param name="intercept">Called at each acknowledgement; throws, or returns what it waits for, or
    /// <c>null</c>.</param>
    public static IConnectionMultiplexer Around(IConnectionMultiplexer connection, Func<Task?> intercept) =>
        Create<IConnectionMultiplexer>(connection, intercept);

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var before = targetMethod!.Name == nameof(IDatabase.StreamAcknowledgeAsync) ? _intercept() : null;
        return before is null ? Call(targetMethod, args) : After(before, targetMethod, args);
    }

    private static T Create<T>(object inner, Func<Task?> intercept)
        where T : class
    {
        var proxy = Create<T, InterceptedRedis>();
        var intercepted = (InterceptedRedis)(object)proxy;
        (intercepted._inner, intercepted._intercept) = (inner, intercept);
        return proxy;
    }

    private async Task<long> After(Task before, MethodInfo method, object?[]? args)
    {
        await before;
        return await (Task<long>)Call(method, args)!;
    }

    private object? Call(MethodInfo method, object?[]? args)
    {
        var result = method.Invoke(_inner, BindingFlags.DoNotWrapExceptions, null, args, null);
        return result is IDatabase database ? Create<IDatabase>(database, _intercept) : result;
    }
}
