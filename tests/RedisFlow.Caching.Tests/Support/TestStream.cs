using Google.Protobuf;
using RedisFlow.Streams;
using StackExchange.Redis;

namespace RedisFlow.Caching.Tests;

/// <summary>A stream in the test's hands: it says when which tail hears what, and how far the group is.</summary>
internal sealed class TestStream : IStreamPublisher
{
    private readonly Lock _gate = new();
    private readonly List<TestTail> _tails = [];
    private readonly List<TestMessage> _messages = [];
    private ulong _last = 1000;

    public MessagePosition Last
    {
        get
        {
            lock (_gate)
            {
                return new MessagePosition(_last, 0);
            }
        }
    }

    public IReadOnlyList<TestMessage> Messages
    {
        get
        {
            lock (_gate)
            {
                return [.. _messages];
            }
        }
    }

    public Exception? PublishFailure { get; set; }

    public void Attach(TestTail tail)
    {
        lock (_gate)
        {
            _tails.Add(tail);
        }
    }

    public MessagePosition Announce(
        IMessage payload,
        IReadOnlyDictionary<string, string>? headers = null,
        string subject = ""
    )
    {
        lock (_gate)
        {
            var message = new TestMessage(new MessagePosition(++_last, 0), Envelope(headers, subject), payload);
            _messages.Add(message);
            foreach (var tail in _tails.Where(tail => !tail.IsHeld))
            {
                tail.CatchUp(_messages);
            }

            return message.Position;
        }
    }

    private static StreamMessage Envelope(IReadOnlyDictionary<string, string>? headers, string subject)
    {
        var envelope = new StreamMessage { Subject = subject };
        foreach (var (name, value) in headers ?? new Dictionary<string, string>())
        {
            envelope.Headers.Add(name, value);
        }

        return envelope;
    }

    public Task<MessagePosition> PublishAsync(Publication publication, CancellationToken cancellationToken = default) =>
        PublishFailure is { } failure
            ? Task.FromException<MessagePosition>(failure)
            : Task.FromResult(Announce(publication.Payload, publication.Headers, publication.Subject));

    public Task<IReadOnlyList<MessagePosition>> PublishAsync(
        IReadOnlyList<Publication> publications,
        CancellationToken cancellationToken = default
    ) => throw new NotSupportedException();

    public Task<MessagePosition> EnlistAsync(ITransaction transaction, Publication publication) =>
        throw new NotSupportedException();

    public Task<(MessagePosition Position, RedisResult Result)> PublishAsync(
        PublishingScript script,
        Publication publication,
        RedisKey[] keys,
        RedisValue[] arguments,
        CancellationToken cancellationToken = default
    ) => throw new NotSupportedException();

    public Task<string> PublishAtAsync(
        Publication publication,
        DateTimeOffset due,
        CancellationToken cancellationToken = default
    ) => throw new NotSupportedException();

    public Task<bool> CancelAsync(string messageId, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();
}

internal sealed record TestMessage(MessagePosition Position, StreamMessage Envelope, IMessage Payload)
{
    public StreamDelivery Delivery => new(Position, Envelope, Payload, "test", "test-1", 1);
}

/// <summary>One instance's tail.</summary>
internal sealed class TestTail(TimeProvider time) : IStreamTail
{
    private readonly List<(MessagePosition Position, TaskCompletionSource Heard)> _waiters = [];
    private readonly Lock _gate = new();
    private long? _heard;

    public IStreamTailObserver Observer { get; set; } = null!;

    public bool IsHeld { get; set; }

    public MessagePosition AppliedPosition { get; private set; }

    public TimeSpan SinceLastHeard => _heard is { } heard ? time.GetElapsedTime(heard) : TimeSpan.MaxValue;

    public void Start(MessagePosition position, TailStartReason reason = TailStartReason.FirstStart)
    {
        Observer.OnStarted(position, reason);
        AppliedPosition = position;
        _heard = time.GetTimestamp();
    }

    public void Heartbeat(MessagePosition? settled)
    {
        _heard = time.GetTimestamp();
        Observer.OnHeartbeat(settled, TimeSpan.Zero);
    }

    public void CatchUp(IEnumerable<TestMessage> messages)
    {
        foreach (var message in messages.Where(message => message.Position > AppliedPosition))
        {
            Observer.OnMessage(message.Position, message.Envelope, message.Payload);
            AppliedPosition = message.Position;
            _heard = time.GetTimestamp();
        }

        lock (_gate)
        {
            foreach (var (position, heard) in _waiters.Where(waiter => waiter.Position <= AppliedPosition))
            {
                heard.TrySetResult();
            }
        }
    }

    public Task WaitUntilAppliedAsync(MessagePosition position, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (AppliedPosition >= position)
            {
                return Task.CompletedTask;
            }

            var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((position, heard));
            return heard.Task.WaitAsync(cancellationToken);
        }
    }
}
