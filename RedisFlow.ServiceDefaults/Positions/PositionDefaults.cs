using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace RedisFlow.ServiceDefaults.Positions;

/// <summary>Registers what <see cref="PositionGate"/> needs.</summary>
internal static class PositionDefaults
{
    public static void AddPositionDefaults(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<PositionOptions>().BindConfiguration(PositionOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PositionOptions>, PositionOptionsValidator>());
    }
}
