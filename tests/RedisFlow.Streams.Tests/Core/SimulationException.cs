using System.Globalization;
using System.Runtime.CompilerServices;

namespace RedisFlow.Streams.Tests.Core;

/// <summary>A promise was broken.</summary>
internal sealed class SimulationException(string message) : Exception(message)
{
    /// <summary>Checks what must hold; its description is made only if it does not.</summary>
    public static void Unless(
        bool holds,
        [InterpolatedStringHandlerArgument(nameof(holds))] ref Description description
    )
    {
        if (!holds)
        {
            throw new SimulationException(description.ToString());
        }
    }

    /// <summary>Writes nothing while all is well.</summary>
    [InterpolatedStringHandler]
    public ref struct Description
    {
        private DefaultInterpolatedStringHandler _text;

        public Description(int literalLength, int formattedCount, bool holds, out bool isWanted)
        {
            isWanted = !holds;
            _text = isWanted ? new(literalLength, formattedCount, CultureInfo.InvariantCulture) : default;
        }

        public void AppendLiteral(string value) => _text.AppendLiteral(value);

        public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

        public override string ToString() => _text.ToStringAndClear();
    }
}
