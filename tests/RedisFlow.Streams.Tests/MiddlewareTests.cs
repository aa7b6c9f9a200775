using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using RedisFlow.Domain.Messages;
using RedisFlow.Testing;

namespace RedisFlow.Streams.Tests;

public sealed class MiddlewareTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task Middleware_is_around_the_handlers_of_the_type_in_the_order_in_which_it_was_added()
    {
        var steps = new Steps();
        await using var host = await StartAsync(
            steps,
            consumer =>
                consumer
                    .Use<Outer>()
                    .Use<Inner>()
                    .Use<Outer>()
                    .HandleEveryMessage<RecordingHandler>()
                    .Handle<CompanyUpdated, Handler>()
        );

        await host.PublishAsync(1, 1);

        await host.DrainedAsync();
        Assert.Equal(["outer in", "inner in", "handler", "inner out", "outer out"], steps.All);
        Assert.Single(host.Handled.All);
    }

    [Fact]
    public async Task Middleware_may_leave_the_handlers_out_and_run_them_again()
    {
        var steps = new Steps { Runs = company => company == 1 ? 0 : 2 };
        await using var host = await StartAsync(
            steps,
            consumer => consumer.Use<Repeating>().Handle<CompanyUpdated, Handler>()
        );

        await host.PublishAsync(1, 2);

        await host.DrainedAsync();
        Assert.Equal(["handler", "handler"], steps.All);
    }

    [Fact]
    public async Task Middleware_that_fails_fails_the_delivery()
    {
        var steps = new Steps { Failures = 1 };
        await using var host = await StartAsync(
            steps,
            consumer => consumer.Use<Failing>().Handle<CompanyUpdated, Handler>()
        );

        await host.PublishAsync(1, 1);

        await host.DrainedAsync();
        Assert.Equal(["handler"], steps.All);
        Assert.Equal(0, steps.Failures);
    }

    [Fact]
    public async Task Middleware_has_the_scope_of_the_handlers()
    {
        var steps = new Steps();
        await using var host = await StartAsync(
            steps,
            consumer =>
            {
                consumer.Services.AddScoped<Scoped>();
                consumer.Use<Marking>().Handle<CompanyUpdated, Handler>();
            }
        );

        await host.PublishAsync(1, 1);

        await host.DrainedAsync();
        Assert.Equal(["handler marked"], steps.All);
    }

    private Task<TestHost> StartAsync(Steps steps, Action<StreamConsumerBuilder> add) =>
        TestHost.StartAsync(
            TestHost.Build(
                redis.Server,
                TestHost.NewStream(),
                streams: streams => add(streams.AddStreamConsumer("g")),
                services: services => services.AddSingleton(steps)
            )
        );

    private sealed class Steps
    {
        private readonly ConcurrentQueue<string> _all = new();

        public IReadOnlyList<string> All => [.. _all];

        public Func<long, int> Runs { get; init; } = _ => 1;

        public int Failures { get; set; }

        public void Add(string step) => _all.Enqueue(step);
    }

    private sealed class Scoped
    {
        public string Mark { get; set; } = "";
    }

    private sealed class Handler(Steps steps, IServiceProvider services) : IStreamHandler<CompanyUpdated>
    {
        public Task HandleAsync(StreamDelivery<CompanyUpdated> delivery, CancellationToken cancellationToken)
        {
            steps.Add($"handler {services.GetService<Scoped>()?.Mark}".Trim());
            return Task.CompletedTask;
        }
    }

    private abstract class Layer(Steps steps, string name) : IStreamHandlerMiddleware
    {
        public async Task HandleAsync(
            StreamDelivery delivery,
            Func<CancellationToken, Task> next,
            CancellationToken cancellationToken
        )
        {
            steps.Add($"{name} in");
            await next(cancellationToken);
            steps.Add($"{name} out");
        }
    }

    private sealed class Outer(Steps steps) : Layer(steps, "outer");

    private sealed class Inner(Steps steps) : Layer(steps, "inner");

    private sealed class Repeating(Steps steps) : IStreamHandlerMiddleware
    {
        public async Task HandleAsync(
            StreamDelivery delivery,
            Func<CancellationToken, Task> next,
            CancellationToken cancellationToken
        )
        {
            for (var i = steps.Runs(((CompanyUpdated)delivery.Payload).CompanyId); i > 0; i--)
            {
                await next(cancellationToken);
            }
        }
    }

    private sealed class Failing(Steps steps) : IStreamHandlerMiddleware
    {
        public Task HandleAsync(
            StreamDelivery delivery,
            Func<CancellationToken, Task> next,
            CancellationToken cancellationToken
        )
        {
            if (steps.Failures > 0)
            {
                steps.Failures--;
                throw new InvalidOperationException("The test wants it.");
            }

            return next(cancellationToken);
        }
    }

    private sealed class Marking(Scoped scoped) : IStreamHandlerMiddleware
    {
        public Task HandleAsync(
            StreamDelivery delivery,
            Func<CancellationToken, Task> next,
            CancellationToken cancellationToken
        )
        {
            scoped.Mark = "marked";
            return next(cancellationToken);
        }
    }
}
