using RedisFlow.Chaos.Recording;
using RedisFlow.Streams;

namespace RedisFlow.Chaos.Tests.Recording;

public sealed class RecordFileTests : IDisposable
{
    private readonly string _path = Path.Combine(
        Directory.CreateTempSubdirectory("redisflow-records-").FullName,
        "records.txt"
    );

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Fact]
    public void What_was_recorded_is_read_also_without_an_orderly_end()
    {
        // Not disposed before it is read: a killed process disposes nothing.
        using var file = new RecordFile(_path);
        file.Attempted(new MessageId(1, 2, 3));
        file.Published(new MessageId(1, 2, 3), new MessagePosition(1_700_000_000_000, ulong.MaxValue));
        file.Handled(Outcome.Failed, new MessageId(4, 5, 6), new MessagePosition(7, 8), new HandlingTime(9, 10), 11);

        Assert.Equal(
            [
                new RecordedLine('A', new MessageId(1, 2, 3), default, default, 0),
                new RecordedLine(
                    'P',
                    new MessageId(1, 2, 3),
                    new MessagePosition(1_700_000_000_000, ulong.MaxValue),
                    default,
                    0
                ),
                new RecordedLine('F', new MessageId(4, 5, 6), new MessagePosition(7, 8), new HandlingTime(9, 10), 11),
            ],
            RecordReader.Read(_path)
        );
    }

    [Fact]
    public void A_last_line_without_end_is_left_out_and_any_other_bad_line_is_refused()
    {
        File.WriteAllText(_path, "A 1 2 3 0 0 0 0 0\nH 4 5");
        Assert.Equal(new MessageId(1, 2, 3), Assert.Single(RecordReader.Read(_path)).Id);

        File.WriteAllText(_path, "H 4 5\nA 1 2 3 0 0 0 0 0\n");
        Assert.Throws<FormatException>(() => RecordReader.Read(_path).ToList());
    }

    [Fact]
    public void A_message_is_known_by_its_subject_and_version()
    {
        var id = new MessageId(12, 31, 77);

        Assert.Equal(id, MessageId.Parse(id.Subject, 77));
        Assert.Throws<FormatException>(() => MessageId.Parse("company/1", 1));
    }
}
