using RedisFlow.Domain.Messages;
using RedisFlow.Streams;

namespace RedisFlow.Docs.Tests.Samples;

public sealed class ClosingLetterTests
{
    #region docs: unit-test
    [Fact]
    public async Task A_letter_is_sent_for_a_closed_dealership()
    {
        var letters = new RecordedLetters();
        var closed = new DealershipClosed { DealershipId = 7, CompanyId = 1 };
        var delivery = new StreamDelivery(
            MessagePosition.Parse("1-0"),
            new StreamMessage { MessageId = "m" },
            closed,
            "billing",
            "billing-1",
            DeliveryCount: 1
        );

        await new ClosingLetter(letters).HandleAsync(new(delivery, closed), TestContext.Current.CancellationToken);

        Assert.Equal([("m", 7)], letters.Sent);
    }
    #endregion
}
