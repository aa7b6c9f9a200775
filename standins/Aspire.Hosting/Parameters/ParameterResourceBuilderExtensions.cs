using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Adds parameters and connection strings from the configuration.</summary>
public static class ParameterResourceBuilderExtensions
{
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, [ResourceName] string name, bool secret = false) =>
        builder.AddParameter(new ParameterResource(name, _ => builder.Configuration[$"Parameters:{name}"] ?? throw Missing(name, $"Parameters:{name}"), secret));

    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, string value, bool publishValueAsDefault = false, bool secret = false) =>
        builder.AddParameter(name, () => value, publishValueAsDefault, secret);

    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder,
        [ResourceName] string name,
        Func<string> valueGetter,
        bool publishValueAsDefault = false,
        bool secret = false)
    {
        if (publishValueAsDefault && secret)
        {
            throw new ArgumentException("A parameter cannot be both secret and published as a default value.", nameof(secret));
        }

        return builder.AddParameter(new ParameterResource(name, _ => builder.Configuration[$"Parameters:{name}"] ?? valueGetter(), secret)
        {
            Default = publishValueAsDefault ? new ConstantParameterDefault(valueGetter) : null,
        });
    }

    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, ParameterDefault value, bool secret = false, bool persist = false) =>
        builder.AddParameter(CreateWithDefault(builder, name, value, secret, persist && builder.ExecutionContext.IsRunMode));

    public static IResourceBuilder<ParameterResource> AddParameterFromConfiguration(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, string configurationKey, bool secret = false) =>
        builder.AddParameter(new ParameterResource(name, _ => builder.Configuration[configurationKey] ?? throw Missing(name, configurationKey), secret));

    public static IResourceBuilder<IResourceWithConnectionString> AddConnectionString(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, string? environmentVariableName = null)
    {
        var key = $"ConnectionStrings:{name}";
        var resource = new ConfiguredConnectionStringResource(
            name,
            _ => builder.Configuration.GetConnectionString(name)
                ?? throw new MissingParameterValueException($"Connection string parameter resource could not be used because connection string '{name}' is missing. Set '{key}' in the configuration."),
            environmentVariableName);
        return builder.AddParameter(resource);
    }

    public static ParameterResource CreateDefaultPasswordParameter(
        IDistributedApplicationBuilder builder,
        string name,
        bool lower = true,
        bool upper = true,
        bool numeric = true,
        bool special = true,
        int minLower = 0,
        int minUpper = 0,
        int minNumeric = 0,
        int minSpecial = 0) =>
        CreateGeneratedParameter(builder, name, secret: true, new()
        {
            Lower = lower,
            Upper = upper,
            Numeric = numeric,
            Special = special,
            MinLower = minLower,
            MinUpper = minUpper,
            MinNumeric = minNumeric,
            MinSpecial = minSpecial,
        });

    /// <summary>Generated once and kept in the user secrets, so that data protected by the value outlives the application.</summary>
    public static ParameterResource CreateGeneratedParameter(
        IDistributedApplicationBuilder builder, string name, bool secret, GenerateParameterDefault parameterDefault) =>
        CreateWithDefault(builder, name, parameterDefault, secret, persist: builder.ExecutionContext.IsRunMode);

    private static ParameterResource CreateWithDefault(
        IDistributedApplicationBuilder builder, string name, ParameterDefault parameterDefault, bool secret, bool persist) =>
        new(
            name,
            value =>
            {
                var key = $"Parameters:{name}";
                if (persist)
                {
                    builder.UserSecretsManager.GetOrSetSecret(builder.Configuration, key, value!.GetDefaultValue);
                }

                return builder.Configuration[key] ?? value!.GetDefaultValue();
            },
            secret)
        {
            Default = parameterDefault,
        };

    private static IResourceBuilder<T> AddParameter<T>(this IDistributedApplicationBuilder builder, T resource)
        where T : ParameterResource => builder.AddResource(resource).WithParameterState();

    private static IResourceBuilder<T> WithParameterState<T>(this IResourceBuilder<T> builder)
        where T : ParameterResource =>
        builder.WithInitialState(new()
        {
            ResourceType = "Parameter",
            State = KnownResourceStates.NotStarted,
            Properties = [new("parameter.secret", builder.Resource.Secret.ToString())],
        });

    private static MissingParameterValueException Missing(string name, string key) =>
        new($"Parameter resource could not be used because configuration key '{key}' is missing and the Parameter '{name}' has no default value.");
}
