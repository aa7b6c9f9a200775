using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisFlow.AspNetCore.OutputCaching;
using RedisFlow.Caching;
using RedisFlow.Domain;
using RedisFlow.Domain.Messages;
using RedisFlow.Streams;

namespace RedisFlow.Docs.Tests.Samples;

/// <summary>Lines of a service's <c>Program.cs</c>.</summary>
internal static class Registrations
{
    public static void OneLine(IHostApplicationBuilder builder)
    {
        #region docs: line
        builder
            .AddRedisStreams("redis")
            .AddStreamConsumer(GroupNames.Billing)
            .Handle<DealershipClosed, ClosingLetter>();
        #endregion
    }

    public static void All(IHostApplicationBuilder builder)
    {
        #region docs: handle-all
        builder.AddRedisStreams("redis").AddStreamConsumer(GroupNames.Billing).HandleEveryMessage<Journal>();
        #endregion
    }

    public static void OwnProject(IHostApplicationBuilder builder)
    {
        #region docs: own-project
        builder.AddRedisStreams("redis").AddMessages(DealershipEventsReflection.Descriptor);
        #endregion
    }

    public static void Faults(IHostApplicationBuilder builder)
    {
        #region docs: faults
        builder.Services.Configure<StreamOptions>(options =>
            options.IsInfrastructureFault = exception => exception is LetterOfficeClosedException
        );
        #endregion
    }

    public static void SecondStream(IHostApplicationBuilder builder)
    {
        #region docs: second-stream
        var letters = builder.AddRedisStreams("redis").AddStream("letters");
        letters.AddStreamConsumer("archive").Handle<DealershipClosed, ClosingLetter>();
        #endregion
    }

    public static void KeyedStreamAlone(IHostApplicationBuilder builder)
    {
        #region docs: keyed-stream-alone
        var letters = builder.AddKeyedRedisStream("redis", "letters");
        #endregion
        letters.AddStreamConsumer("archive").Handle<DealershipClosed, ClosingLetter>();
    }

    public static void Cache(IHostApplicationBuilder builder)
    {
        #region docs: cache
        builder
            .AddRedisStreams("redis")
            .AddStreamConsumer(GroupNames.Billing)
            .AddHybridCache(cache => cache.Service = ResourceNames.Billing)
            .InvalidateOn<DealershipClosed>(e => Invalidation.Key($"dealerships:{e.CompanyId}"));
        #endregion
    }

    public static void Unknown(IHostApplicationBuilder builder)
    {
        #region docs: unknown
        builder
            .AddRedisStreams("redis")
            .AddStreamConsumer(GroupNames.Reporting)
            .AddHybridCache(cache => cache.Service = ResourceNames.Reporting)
            .InvalidateOn<DealershipClosed>(e => Invalidation.Key($"dealerships:{e.CompanyId}"))
            .InvalidateOnUnknown(subject => Subjects.IsUser(subject) ? Invalidation.None : Invalidation.Everything);
        #endregion
    }

    public static void CacheOnTop(IHostApplicationBuilder builder)
    {
        #region docs: cache-on-top
        builder
            .AddRedisStreams("redis")
            .AddStreamConsumer(GroupNames.Billing)
            .AddHybridCache(cache => cache.Service = ResourceNames.Billing)
            .InvalidateOn<DealershipClosed>(e => Invalidation.Tag($"company:{e.CompanyId}"));
        builder.Services.AddStackExchangeRedisCache(cache =>
        {
            cache.Configuration = builder.Configuration.GetConnectionString("redis");
            cache.InstanceName = $"{ResourceNames.Billing}/distributed:";
        });
        builder.AddStreamOutputCache(options => options.AddPolicy("price-list", policy => policy.Tag("prices")));
        #endregion
    }
}
