using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace RedisFlow.AspNetCore.Positions;

/// <summary>Registers what <see cref="PositionGate"/> needs.</summary>
public static class PositionDefaults
{
    /// <summary>Adds the settings of <see cref="UsePositions"/>.</summary>
    public static void AddPositionDefaults(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<PositionOptions>().BindConfiguration(PositionOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<PositionOptions>, PositionOptionsValidator>()
        );
    }

    /// <summary>
    /// Makes requests wait that demand a position by <see cref="PositionHeaders"/>. To be called before the request
    /// timeouts: the wait has a bound of its own.
    /// </summary>
    public static IApplicationBuilder UsePositions(this IApplicationBuilder app) => app.UseMiddleware<PositionGate>();
}
