using System.Reflection;
using RedisFlow.Caching;
using RedisFlow.Docs.Tests.Pages;

namespace RedisFlow.Docs.Tests.Reference;

/// <summary>Compares the tables of the cache's settings with the settings.</summary>
public sealed class CacheSettingsTests
{
    public static TheoryData<string, Type> Tables =>
        new() { { "setting", typeof(CachingOptions) }, { "policy setting", typeof(CachePolicy) } };

    [Theory]
    [MemberData(nameof(Tables))]
    public void Every_setting_is_documented_and_nothing_else(string table, Type settings) =>
        Assert.Equal(
            PropertiesOf(settings).Select(property => property.Name).Order(StringComparer.Ordinal),
            RowsOf(table).Keys.Order(StringComparer.Ordinal)
        );

    [Theory]
    [MemberData(nameof(Tables))]
    public void Every_default_is_the_documented_one(string table, Type settings)
    {
        // What is null, empty or a function depends on other settings or the application: the page says how.
        var documented = RowsOf(table);
        var defaults = Activator.CreateInstance(settings)!;
        var known = PropertiesOf(settings)
            .Select(property => (property.Name, Value: property.GetValue(defaults)))
            .Where(setting => setting.Value is int or long or TimeSpan or (string and not ""))
            .ToArray();

        Assert.NotEmpty(known);
        Assert.Equal(
            known.Select(setting => (setting.Name, SettingText.Of(setting.Value))),
            known.Select(setting => (setting.Name, documented[setting.Name]))
        );
    }

    private static Dictionary<string, string> RowsOf(string table) =>
        Table.Of("docs/caching.md", table).ToDictionary(row => Table.Plain(row[0]), row => Table.Plain(row[1]));

    private static PropertyInfo[] PropertiesOf(Type settings) =>
        settings.GetProperties(BindingFlags.Public | BindingFlags.Instance);
}
