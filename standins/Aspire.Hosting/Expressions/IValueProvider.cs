namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value that is known only while the application runs.</summary>
public interface IValueProvider
{
    /// <summary>Gets the value, waiting until it is known.</summary>
    ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default);

    /// <summary>Gets the value as seen by a caller.</summary>
    ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default) =>
        GetValueAsync(cancellationToken);
}

/// <summary>Who asks for a value.</summary>
public class ValueProviderContext
{
    /// <summary>The context of the application.</summary>
    public DistributedApplicationExecutionContext? ExecutionContext { get; init; }

    /// <summary>The resource that asks.</summary>
    public IResource? Caller { get; init; }
}

/// <summary>A value that a manifest can refer to.</summary>
public interface IManifestExpressionProvider
{
    /// <summary>The expression that a manifest contains, such as <c>{redis.bindings.tcp.port}</c>.</summary>
    string ValueExpression { get; }
}

/// <summary>A value that is built from other objects of the model.</summary>
public interface IValueWithReferences
{
    /// <summary>The objects that the value is built from.</summary>
    IEnumerable<object> References { get; }
}

/// <summary>A value that can be part of an expression.</summary>
public interface IExpressionValue : IValueProvider, IManifestExpressionProvider;
