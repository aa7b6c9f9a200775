using RedisFlow.Streams.Consuming.Core;
using RedisFlow.Streams.Consuming.Parking;
using RedisFlow.Streams.Consuming.Pending;
using RedisFlow.Streams.Decoding;
using RedisFlow.Streams.Redis;

namespace RedisFlow.Streams.Consuming.Reading;

/// <summary>Takes entries of a pending list into the worker, as slots become free.</summary>
/// <param name="pending">The consumer's part of the list.</param>
/// <param name="decoder">Decodes them.</param>
/// <param name="parked">What their subjects are looked up in; <c>null</c> for entries that are parked
/// themselves.</param>
/// <param name="core">Who holds them then.</param>
/// <param name="room">Whether there is room.</param>
/// <param name="time">The clock.</param>
internal sealed class PendingIntake(
    PendingList pending,
    MessageDecoder decoder,
    ParkedSubjects? parked,
    ConsumerStateMachine core,
    CapacityGate room,
    TimeProvider time
)
{
    /// <summary>Takes those that are not held already.</summary>
    /// <param name="positions">Entries of the pending list.</param>
    /// <param name="countDelivery">Whether this is a delivery in its own right.</param>
    /// <param name="cancellationToken">Ends the wait for slots.</param>
    /// <returns>How many were taken.</returns>
    public async Task<int> TakeAsync(
        IEnumerable<MessagePosition> positions,
        bool countDelivery,
        CancellationToken cancellationToken
    ) =>
        await TakeAsync(
                positions,
                async page => await pending.TakeAsync(page, countDelivery, cancellationToken).ConfigureAwait(false),
                cancellationToken
            )
            .ConfigureAwait(false)
        ?? 0;

    /// <summary>Takes those that are not held already.</summary>
    /// <param name="positions">Entries.</param>
    /// <param name="take">Makes some of them this consumer's, and reads them; <c>null</c>: it may not.</param>
    /// <param name="cancellationToken">Ends the wait for slots.</param>
    /// <returns>How many were taken; <c>null</c> if it may not.</returns>
    public async Task<int?> TakeAsync(
        IEnumerable<MessagePosition> positions,
        Func<IReadOnlyCollection<MessagePosition>, Task<IReadOnlyList<RawEntry>?>> take,
        CancellationToken cancellationToken
    )
    {
        var rest = core.NotHeld(positions);
        var accepted = 0;
        var done = 0;
        while (done < rest.Count)
        {
            var count = Math.Min(await room.WaitAsync(cancellationToken).ConfigureAwait(false), rest.Count - done);
            var asked = time.GetTimestamp();
            if (await take([.. rest.Skip(done).Take(count)]).ConfigureAwait(false) is not { } taken)
            {
                return null;
            }

            InFlightMessage[] held =
            [
                .. taken.Select(entry => new InFlightMessage(entry, decoder.Decode(entry), asked)),
            ];
            if (parked is not null)
            {
                await parked.LearnAsync(held, cancellationToken).ConfigureAwait(false);
            }

            accepted += core.Accept(held);
            done += count;
        }

        return accepted;
    }

    /// <summary>
    /// Takes an entry that has left the pending list, so that what hears of losses hears of it. At once: it has no
    /// data, and no other consumer would take it.
    /// </summary>
    public void TakeLost(MessagePosition position)
    {
        var lost = new RawEntry(position, null, IsLost: true);
        core.Accept([new InFlightMessage(lost, decoder.Decode(lost), time.GetTimestamp()) { IsPending = false }]);
    }
}
