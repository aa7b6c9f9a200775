namespace RedisFlow.Cli.Messages;

/// <summary>An assembly with messages.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="Origin">Who named it, for people.</param>
/// <param name="MustExist">Whether it is an error if there is no such file; else it may not be built yet.</param>
internal sealed record MessageFile(string Path, string Origin, bool MustExist)
{
    public override string ToString() => $"'{Path}' (from {Origin})";
}
