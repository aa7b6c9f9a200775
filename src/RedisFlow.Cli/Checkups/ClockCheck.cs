using RedisFlow.Cli.CommandLine;
using RedisFlow.Cli.Reports;

namespace RedisFlow.Cli.Checkups;

/// <summary>
/// Clocks. Order and versions rest on positions, not on clocks; but ages, retention and delayed messages go by the
/// server's, and a server whose clock was set back goes on with ids from its future.
/// </summary>
internal static class ClockCheck
{
    private const string Name = "clock";

    public static IEnumerable<Finding> Run(Examination examination)
    {
        var facts = examination.Facts;
        var difference = facts.ServerTime - facts.LocalTime;

        // The delay of the network is not a clock error.
        var certain = difference.Duration() - (facts.RoundTrip / 2);
        yield return certain > examination.Limits.ClockSkew
            ? Finding.ToRepair(
                Name,
                $"The server's clock is {Duration.Text(difference.Duration())} "
                    + $"{(difference > TimeSpan.Zero ? "ahead of" : "behind")} this machine's.",
                "Synchronise both with NTP (chronyc tracking, timedatectl): times in traces, ages and delayed "
                    + "messages are wrong by that much."
            )
            : Finding.Ok(
                Name,
                $"The server's clock and this machine's differ by {Duration.Text(difference.Duration())} at most."
            );

        foreach (var stream in examination.Streams)
        {
            var now = (ulong)Math.Max(0, facts.ServerTime.ToUnixTimeMilliseconds());
            if (stream.State.LastPosition.Milliseconds > now + (ulong)examination.Limits.ClockSkew.TotalMilliseconds)
            {
                yield return Finding.ToRepair(
                    Name,
                    $"Stream {stream.State.Stream} ends at {stream.State.LastPosition}, which is in the server's "
                        + "future: its clock was set back.",
                    "Synchronise the server's clock. Order is kept meanwhile; ages are too small, and retention keeps "
                        + "messages longer."
                );
            }
        }
    }
}
