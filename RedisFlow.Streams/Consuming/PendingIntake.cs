using RedisFlow.Streams.Consuming.Core;
using RedisFlow.Streams.Consuming.Parking;

namespace RedisFlow.Streams.Consuming;

/// <summary>Takes entries of the own pending list into the worker, as slots become free.</summary>
internal sealed class PendingIntake(PendingList pending, MessageDecoder decoder, ParkedSubjects parked, ConsumerCore core, RoomGate room, TimeProvider time)
{
    /// <summary>Takes those that are not held already.</summary>
    /// <param name="positions">Entries of the pending list.</param>
    /// <param name="countDelivery">Whether this is a delivery in its own right.</param>
    /// <param name="cancellationToken">Ends the wait for slots.</param>
    /// <returns>How many were taken.</returns>
    public async Task<int> TakeAsync(IEnumerable<MessagePosition> positions, bool countDelivery, CancellationToken cancellationToken)
    {
        var rest = core.NotHeld(positions);
        var accepted = 0;
        for (var done = 0; done < rest.Count;)
        {
            var count = Math.Min(await room.WaitAsync(cancellationToken).ConfigureAwait(false), rest.Count - done);
            var asked = time.GetTimestamp();
            var taken = await pending.TakeAsync([.. rest.Skip(done).Take(count)], countDelivery, cancellationToken).ConfigureAwait(false);
            Held[] held = [.. taken.Select(entry => new Held(entry.Entry, decoder.Decode(entry.Entry), entry.DeliveryCount, asked))];
            await parked.LearnAsync(held, cancellationToken).ConfigureAwait(false);
            accepted += core.Accept(held);
            done += count;
        }

        return accepted;
    }

    /// <summary>
    /// Takes an entry that has left the pending list, so that what hears of losses hears of it. At once: it has no data, and nobody else would take it.
    /// </summary>
    public void TakeLost(MessagePosition position)
    {
        var lost = new Redis.RawEntry(position, null, IsLost: true);
        core.Accept([new Held(lost, decoder.Decode(lost), 1, time.GetTimestamp()) { IsPending = false }]);
    }
}
