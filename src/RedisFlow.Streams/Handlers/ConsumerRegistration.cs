using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;

namespace RedisFlow.Streams.Handlers;

/// <summary>What a consumer group of this application handles, and by what.</summary>
internal sealed class ConsumerRegistration(string streamKey, string group)
{
    private readonly List<Func<IServiceProvider, IStreamMessageHandler>> _all = [];
    private readonly Dictionary<Type, List<Func<IServiceProvider, StreamDelivery, CancellationToken, Task>>> _typed =
    [];

    private readonly List<Type> _middleware = [];
    private readonly List<Func<IServiceProvider, IStreamDeadLetterHandler>> _deadLetters = [];
    private readonly List<Func<IServiceProvider, IStreamParkedHandler>> _parked = [];

    /// <summary>The stream's key within the application.</summary>
    public string StreamKey => streamKey;

    /// <summary>The group.</summary>
    public string Group => group;

    public void Add<TPayload, THandler>()
        where TPayload : class, IMessage<TPayload>
        where THandler : class, IStreamHandler<TPayload>
    {
        if (!_typed.TryGetValue(typeof(TPayload), out var handlers))
        {
            _typed.Add(typeof(TPayload), handlers = []);
        }

        handlers.Add(
            (services, delivery, cancellationToken) =>
                services
                    .GetRequiredService<THandler>()
                    .HandleAsync(new StreamDelivery<TPayload>(delivery, (TPayload)delivery.Payload), cancellationToken)
        );
    }

    public void AddForAll<THandler>()
        where THandler : class, IStreamMessageHandler
    {
        _all.Add(services => services.GetRequiredService<THandler>());
        if (typeof(THandler).IsAssignableTo(typeof(IStreamDeadLetterHandler)))
        {
            _deadLetters.Add(services => (IStreamDeadLetterHandler)services.GetRequiredService<THandler>());
        }

        if (typeof(THandler).IsAssignableTo(typeof(IStreamParkedHandler)))
        {
            _parked.Add(services => (IStreamParkedHandler)services.GetRequiredService<THandler>());
        }
    }

    public void AddMiddleware<TMiddleware>()
        where TMiddleware : class, IStreamHandlerMiddleware
    {
        if (!_middleware.Contains(typeof(TMiddleware)))
        {
            _middleware.Add(typeof(TMiddleware));
        }
    }

    /// <summary>Tells everybody who wants to know that a message is parked.</summary>
    public async Task HandleAsync(
        IServiceProvider services,
        StreamParkedMessage parked,
        CancellationToken cancellationToken
    )
    {
        foreach (var handler in _parked)
        {
            await handler(services).HandleAsync(parked, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Tells all dead-letter handlers that a message becomes a dead letter.</summary>
    public async Task HandleAsync(
        IServiceProvider services,
        StreamDeadLetter deadLetter,
        CancellationToken cancellationToken
    )
    {
        foreach (var handler in _deadLetters)
        {
            await handler(services).HandleAsync(deadLetter, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Runs every handler of the message: those for all messages first, then those of its type, within the middleware,
    /// in the order of registration.
    /// </summary>
    public async Task HandleAsync(
        IServiceProvider services,
        StreamDelivery delivery,
        CancellationToken cancellationToken
    )
    {
        foreach (var handler in _all)
        {
            await handler(services).HandleAsync(delivery, cancellationToken).ConfigureAwait(false);
        }

        if (_typed.TryGetValue(delivery.Payload.GetType(), out var handlers))
        {
            await HandleAsync(services, delivery, handlers, 0, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Runs the middleware from a layer on, and within it the handlers.</summary>
    private async Task HandleAsync(
        IServiceProvider services,
        StreamDelivery delivery,
        List<Func<IServiceProvider, StreamDelivery, CancellationToken, Task>> handlers,
        int layer,
        CancellationToken cancellationToken
    )
    {
        if (layer < _middleware.Count)
        {
            await ((IStreamHandlerMiddleware)services.GetRequiredService(_middleware[layer]))
                .HandleAsync(
                    delivery,
                    token => HandleAsync(services, delivery, handlers, layer + 1, token),
                    cancellationToken
                )
                .ConfigureAwait(false);
            return;
        }

        foreach (var handle in handlers)
        {
            await handle(services, delivery, cancellationToken).ConfigureAwait(false);
        }
    }
}
