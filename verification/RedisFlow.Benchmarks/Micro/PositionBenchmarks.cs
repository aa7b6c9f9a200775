using BenchmarkDotNet.Attributes;
using RedisFlow.Streams;

namespace RedisFlow.Benchmarks.Micro;

/// <summary>Positions travel as text; each message is parsed once and written once.</summary>
public class PositionBenchmarks
{
    private readonly string _text = "1795236637561-12";
    private readonly MessagePosition _position = new(1795236637561, 12);

    [Benchmark]
    public MessagePosition Parse() => MessagePosition.Parse(_text);

    [Benchmark]
    public string Write() => _position.ToString();
}
