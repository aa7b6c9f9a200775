using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dcp;

/// <summary>The environment and arguments that a resource's callbacks produced.</summary>
/// <param name="Environment">The variables, sorted by name.</param>
/// <param name="Arguments">The arguments.</param>
internal sealed record WorkloadConfiguration(IReadOnlyList<DcpVariable> Environment, IReadOnlyList<ConfiguredArgument> Arguments)
{
    public static async Task<WorkloadConfiguration> EvaluateAsync(
        IResource resource, DistributedApplicationExecutionContext context, ILogger logger, CancellationToken cancellationToken)
    {
        var arguments = new List<ConfiguredArgument>();
        foreach (var value in await CollectArgumentsAsync(resource, context, logger, cancellationToken))
        {
            if (await ResolveAsync(value, resource, context, cancellationToken) is { } text)
            {
                arguments.Add(new(text, IsSensitive(value)));
            }
        }

        var variables = new SortedDictionary<string, string?>(StringComparer.Ordinal);
        foreach (var (name, value) in await CollectEnvironmentAsync(resource, context, logger, cancellationToken))
        {
            if (await ResolveAsync(value, resource, context, cancellationToken) is { } text)
            {
                variables[name] = text;
            }
        }

        return new([.. variables.Select(variable => new DcpVariable(variable.Key, variable.Value))], arguments);
    }

    private static async Task<List<object>> CollectArgumentsAsync(
        IResource resource, DistributedApplicationExecutionContext context, ILogger logger, CancellationToken cancellationToken)
    {
        var callbackContext = new CommandLineArgsCallbackContext([], resource, cancellationToken) { ExecutionContext = context, Logger = logger };
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
        {
            await annotation.Callback(callbackContext);
        }

        return [.. callbackContext.Args];
    }

    private static async Task<Dictionary<string, object>> CollectEnvironmentAsync(
        IResource resource, DistributedApplicationExecutionContext context, ILogger logger, CancellationToken cancellationToken)
    {
        var callbackContext = new EnvironmentCallbackContext(context, resource, cancellationToken: cancellationToken) { Logger = logger };
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
        {
            await annotation.Callback(callbackContext);
        }

        return callbackContext.EnvironmentVariables;
    }

    private static async ValueTask<string?> ResolveAsync(
        object? value, IResource resource, DistributedApplicationExecutionContext context, CancellationToken cancellationToken) => value switch
    {
        null => null,
        string text => text,
        IValueProvider provider => await provider.GetValueAsync(new() { Caller = resource, ExecutionContext = context }, cancellationToken),
        IResourceBuilder<IResource> { Resource: IValueProvider provider } =>
            await provider.GetValueAsync(new() { Caller = resource, ExecutionContext = context }, cancellationToken),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    private static bool IsSensitive(object? value) => value switch
    {
        ParameterResource parameter => parameter.Secret,
        IResourceBuilder<ParameterResource> parameter => parameter.Resource.Secret,
        ConnectionStringReference or IResourceWithConnectionString => true,
        ReferenceExpression expression => expression.ValueProviders.Any(IsSensitive),
        _ => false,
    };
}

/// <summary>An argument, and whether it contains a secret.</summary>
internal sealed record ConfiguredArgument(string Value, bool IsSensitive);
