using System.Runtime.CompilerServices;

namespace RedisFlow.Domain.Tests;

public sealed class DomainMessagesTests
{
    [Fact]
    public void Every_proto_file_is_named()
    {
        var root = ProtoRoot();
        var sources = Directory
            .EnumerateFiles(root, "*.proto", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(root, path).Replace('\\', '/'));

        Assert.Equal(
            sources.Order(StringComparer.Ordinal),
            DomainMessages.Files.Select(file => file.Name).Order(StringComparer.Ordinal)
        );
    }

    private static string ProtoRoot([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "RedisFlow.Domain", "Protos"));
}
