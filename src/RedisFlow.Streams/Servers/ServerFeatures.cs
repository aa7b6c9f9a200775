namespace RedisFlow.Streams.Servers;

/// <summary>
/// What a server can do beyond <see cref="Floor"/>. Commands count only from the version on that has them without the
/// faults named here.
/// </summary>
/// <param name="Version">The version of Redis, or the one that a compatible server declares itself to be; 0.0 below
/// 7.0, where it cannot be asked.</param>
/// <param name="HasAckDel">
/// XACKDEL and XDELEX: there since 8.2; their mode ACKED is right after XGROUP DESTROY from 8.2.7, 8.4.4 and 8.6 on.
/// </param>
/// <param name="HasClaim">XREADGROUP CLAIM: there since 8.4; taken from 8.4.4 on.</param>
/// <param name="HasIdempotentAdd">XADD IDMP: there since 8.6; right from 8.6.2 on.</param>
internal sealed record ServerFeatures(Version Version, bool HasAckDel, bool HasClaim, bool HasIdempotentAdd)
{
    /// <summary>
    /// The oldest version that the engine runs on: it needs the <c>entries-added</c> of XINFO STREAM.
    /// </summary>
    public static Version Floor { get; } = new(7, 0);

    /// <summary>The version from which on <see cref="HasIdempotentAdd"/> holds.</summary>
    public static Version IdempotentAddSince { get; } = new(8, 6, 2);

    /// <summary>
    /// The commands that must be there for <see cref="HasAckDel"/>: a server may have them disabled or renamed.
    /// </summary>
    public static IReadOnlyList<string> AckDelCommands { get; } = ["XACKDEL", "XDELEX"];

    /// <summary>What the server calls itself.</summary>
    public ServerProduct Product { get; init; } = new(ServerProduct.Redis, Version: null);

    /// <summary>Whether the server has streams: some that speak the protocol of Redis have none.</summary>
    public bool HasStreams { get; init; } = true;

    /// <summary>Whether the engine can run on the server.</summary>
    public bool IsSupported => HasStreams && Version >= Floor;

    /// <summary>The features of a version.</summary>
    /// <param name="version">The server's version.</param>
    /// <param name="hasAckDelCommands">Whether the server knows all of <see cref="AckDelCommands"/>.</param>
    public static ServerFeatures Of(Version version, bool hasAckDelCommands) =>
        new(
            version,
            hasAckDelCommands && (version >= new Version(8, 6) || IsPatched(version, 4, 4) || IsPatched(version, 2, 7)),
            HasClaim: version >= new Version(8, 4, 4),
            HasIdempotentAdd: version >= IdempotentAddSince
        );

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Product} (XACKDEL {YesNo(HasAckDel)}, CLAIM {YesNo(HasClaim)}, IDMP {YesNo(HasIdempotentAdd)})";

    private static bool IsPatched(Version version, int minor, int patch) =>
        version.Major == 8 && version.Minor == minor && version.Build >= patch;

    private static string YesNo(bool value) => value ? "yes" : "no";
}
