namespace RedisFlow.Streams.Registration;

/// <summary>The default stream, as the application names it in code, once or in several calls.</summary>
internal sealed class StreamDefaults
{
    private readonly HashSet<string> _groups = [];

    /// <summary>Its name; empty until a call names it.</summary>
    public string Name { get; private set; } = "";

    /// <summary>Its groups.</summary>
    public IReadOnlyCollection<string> Groups => _groups;

    /// <summary>Adds what a call says.</summary>
    /// <exception cref="InvalidOperationException">Another call gave it another name.</exception>
    public void Add(string name, IEnumerable<string> groups)
    {
        if (name.Length > 0 && Name.Length > 0 && name != Name)
        {
            throw new InvalidOperationException(
                $"The default stream is '{Name}' already; add '{name}' with "
                    + $"{nameof(RedisStreamsBuilder.AddStream)}(\"{name}\")."
            );
        }

        Name = name.Length > 0 ? name : Name;
        _groups.UnionWith(groups);
    }
}
