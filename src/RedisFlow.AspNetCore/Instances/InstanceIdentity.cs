namespace RedisFlow.AspNetCore.Instances;

/// <summary>
/// Who this process is among the instances of its service: its name as a consumer and as a producer of messages.
/// </summary>
/// <param name="Service">The service's name, e.g. <c>analytics</c>; the same for all its instances.</param>
/// <param name="Id">The instance's id, different from that of every other instance that runs at the same time.</param>
public sealed record InstanceIdentity(string Service, string Id)
{
    /// <summary>
    /// The instance's full name, <c>{service}-{id}</c>; the id alone where it begins with the service's name.
    /// </summary>
    public string Name { get; } = Id.StartsWith(Service, StringComparison.Ordinal) ? Id : $"{Service}-{Id}";

    /// <inheritdoc/>
    public override string ToString() => Name;
}
