using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace RedisFlow.AspNetCore.OpenApi;

/// <summary>
/// The XML documentation of records, from the files that the compiler puts beside assemblies; without a file there is
/// none.
/// </summary>
internal sealed partial class XmlSummaries
{
    private readonly ConcurrentDictionary<Assembly, Dictionary<string, XElement>> _types = new();

    /// <summary>The type's summary.</summary>
    public string? OfType(Type type) => Text(Find(type)?.Element("summary"));

    /// <summary>What is said of the record's parameter that has this name, whatever its case.</summary>
    public string? OfParameter(Type type, string name) =>
        Text(
            Find(type)
                ?.Elements("param")
                .FirstOrDefault(parameter =>
                    string.Equals((string?)parameter.Attribute("name"), name, StringComparison.OrdinalIgnoreCase)
                )
        );

    /// <summary>The text with a blank for each run of white space.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? OneLine(string? text) => text is null ? null : WhiteSpace().Replace(text, " ").Trim();

    private XElement? Find(Type type) =>
        _types.GetOrAdd(type.Assembly, Read).GetValueOrDefault($"T:{type.FullName?.Replace('+', '.')}");

    private static Dictionary<string, XElement> Read(Assembly assembly)
    {
        var file = Path.ChangeExtension(assembly.Location, ".xml");
        return File.Exists(file)
            ? XDocument.Load(file).Descendants("member").ToDictionary(member => (string)member.Attribute("name")!)
            : [];
    }

    private static string? Text(XElement? element) =>
        OneLine(element is null ? null : string.Concat(element.Nodes().Select(Text)));

    private static string Text(XNode node) =>
        node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "see" } see => (string?)see.Attribute("langword")
                ?? ((string?)see.Attribute("cref"))?.Split('.', ':')[^1]
                ?? see.Value,
            XElement element => element.Value,
            _ => "",
        };

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
