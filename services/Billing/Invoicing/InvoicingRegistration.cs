using Microsoft.Extensions.Options;

namespace RedisFlow.Billing.Invoicing;

/// <summary>Registers the invoice previews and their prices.</summary>
internal static class InvoicingRegistration
{
    public static IServiceCollection AddInvoicing(this IServiceCollection services)
    {
        services.AddOptions<PricingOptions>().BindConfiguration(PricingOptions.SectionName).ValidateOnStart();
        return services
            .AddSingleton<IValidateOptions<PricingOptions>, PricingOptionsValidator>()
            .AddTransient<InvoicePreviews>();
    }
}
