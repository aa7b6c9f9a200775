using System.Collections;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Aspire.Hosting;

/// <summary>Inputs by place and by name, whatever the name's case.</summary>
[DebuggerDisplay("Count = {Count}")]
public sealed class InteractionInputCollection : IReadOnlyList<InteractionInput>
{
    private readonly List<InteractionInput> _inputs = [];
    private readonly Dictionary<string, InteractionInput> _byName = new(StringComparer.OrdinalIgnoreCase);

    public InteractionInputCollection(IReadOnlyList<InteractionInput> inputs)
    {
        foreach (var input in inputs)
        {
            if (!_byName.TryAdd(input.Name, input))
            {
                throw new InvalidOperationException($"Duplicate input name '{input.Name}' found. Input names must be unique.");
            }

            _inputs.Add(input);
        }
    }

    public int Count => _inputs.Count;

    public IEnumerable<string> Names => _byName.Keys;

    public InteractionInput this[int index] => _inputs[index];

    public InteractionInput this[string name] =>
        _byName.TryGetValue(name, out var input) ? input : throw new KeyNotFoundException($"No input with name '{name}' was found.");

    public bool TryGetByName(string name, [NotNullWhen(true)] out InteractionInput? input) => _byName.TryGetValue(name, out input);

    public bool ContainsName(string name) => _byName.ContainsKey(name);

    public string? GetString(string name) => this[name].Value;

    public bool GetBoolean(string name) => bool.Parse(GetRequired(name));

    /// <summary>A whole number; <see cref="InputType.Number"/> alone lets others through.</summary>
    public int GetInt32(string name) => int.Parse(GetRequired(name), NumberStyles.Integer, CultureInfo.InvariantCulture);

    public double GetDouble(string name) => double.Parse(GetRequired(name), NumberStyles.Float, CultureInfo.InvariantCulture);

    public InteractionInput[] ToArray() => [.. _inputs];

    public IEnumerator<InteractionInput> GetEnumerator() => _inputs.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private string GetRequired(string name) => GetString(name) ?? throw new InvalidOperationException($"Input '{name}' does not have a value.");
}
