using System.IO.Compression;
using System.Xml.Linq;

namespace RedisFlow.Packaging;

/// <summary>A package as a file: its description and the names of its files.</summary>
internal sealed class PackageFile
{
    private readonly XElement _metadata;

    private PackageFile(XElement metadata, IReadOnlyList<string> files, string readme)
    {
        _metadata = metadata;
        Files = files;
        Readme = readme;
    }

    /// <summary>Gets the names of the files in the package.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Gets the text of the README that a feed shows; empty if there is no README.</summary>
    public string Readme { get; }

    /// <summary>Gets the names of the packages that this one depends on.</summary>
    public IEnumerable<string> Dependencies =>
        Descendants("dependency").Select(dependency => dependency.Attribute("id")!.Value);

    /// <summary>Gets the names of the shared frameworks that this package needs.</summary>
    public IEnumerable<string> Frameworks =>
        Descendants("frameworkReference").Select(reference => reference.Attribute("name")!.Value);

    /// <summary>Opens a package.</summary>
    public static async Task<PackageFile> ReadAsync(string path, CancellationToken cancellationToken)
    {
        await using var archive = await ZipFile.OpenReadAsync(path, cancellationToken);
        var nuspec = archive.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal));
        await using var stream = await nuspec.OpenAsync(cancellationToken);
        var document = await XDocument.LoadAsync(stream, LoadOptions.None, cancellationToken);
        var metadata = document.Root!.Elements().Single();
        var readme = metadata.Elements().FirstOrDefault(element => element.Name.LocalName == "readme")?.Value;
        return new PackageFile(
            metadata,
            [.. archive.Entries.Select(file => file.FullName)],
            readme is null ? "" : await TextAsync(archive, readme, cancellationToken)
        );
    }

    /// <summary>Gets an element of the description.</summary>
    public XElement? Element(string name) =>
        _metadata.Elements().FirstOrDefault(element => element.Name.LocalName == name);

    private IEnumerable<XElement> Descendants(string name) =>
        _metadata.Descendants().Where(element => element.Name.LocalName == name);

    private static async Task<string> TextAsync(ZipArchive archive, string name, CancellationToken cancellationToken)
    {
        var entry = archive.GetEntry(name) ?? throw new InvalidDataException($"{name} is not in the package.");
        using var reader = new StreamReader(await entry.OpenAsync(cancellationToken));
        return await reader.ReadToEndAsync(cancellationToken);
    }
}
