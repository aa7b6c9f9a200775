using System.Diagnostics;
using Microsoft.Playwright;
using RedisFlow.Testing;

namespace RedisFlow.Browser;

/// <summary>
/// What the dashboard, a Blazor server application, and its page say to each other. A test is quicker than any person,
/// and would click on what is not ready yet. So before each click both must have come to rest: the page has drawn and
/// called all that the server has asked it to, and there was a short silence.
/// </summary>
internal sealed class Conversation
{
    // Between the page's "drawn" and what the server asks for next lie a few milliseconds, more on a busy machine.
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private IWebSocket? _socket;
    private int _unanswered;
    private long _last;

    public Conversation(IPage page) => page.WebSocket += (_, socket) => Listen(socket);

    /// <summary>Waits until both have come to rest, or have lost each other.</summary>
    public Task UntilSettledAsync() => Eventually.Until(IsSettled);

    private bool IsSettled()
    {
        lock (_lock)
        {
            return _socket is not null && _unanswered == 0 && Stopwatch.GetElapsedTime(_last) > Silence;
        }
    }

    // Each navigation begins a conversation of its own.
    private void Listen(IWebSocket socket)
    {
        if (!socket.Url.Contains("/_blazor", StringComparison.Ordinal))
        {
            return;
        }

        lock (_lock)
        {
            _socket = socket;
            _unanswered = 0;
            _last = Stopwatch.GetTimestamp();
        }

        socket.Close += (_, _) => End(socket);
        socket.FrameReceived += (_, frame) =>
            Heard(socket, frame, Count(frame, "JS.RenderBatch"u8) + Count(frame, "JS.BeginInvokeJS"u8));
        socket.FrameSent += (_, frame) =>
            Heard(socket, frame, -Count(frame, "OnRenderCompleted"u8) - Count(frame, "EndInvokeJSFromDotNet"u8));
    }

    private void Heard(IWebSocket socket, IWebSocketFrame frame, int asked)
    {
        lock (_lock)
        {
            if (socket == _socket && frame.Binary is { Length: > 0 })
            {
                _unanswered += asked;
                _last = Stopwatch.GetTimestamp();
            }
        }
    }

    private void End(IWebSocket socket)
    {
        lock (_lock)
        {
            if (socket == _socket)
            {
                _unanswered = 0;
            }
        }
    }

    // A frame has one or more messages in MessagePack, in which a name is plain text.
    private static int Count(IWebSocketFrame frame, ReadOnlySpan<byte> name) =>
        frame.Binary is { } bytes ? bytes.AsSpan().Count(name) : 0;
}
