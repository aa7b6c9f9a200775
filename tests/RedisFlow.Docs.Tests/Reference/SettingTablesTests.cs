using System.Reflection;
using RedisFlow.Caching;
using RedisFlow.Docs.Tests.Pages;
using RedisFlow.Streams.EntityFrameworkCore;

namespace RedisFlow.Docs.Tests.Reference;

/// <summary>Compares tables of settings with the settings.</summary>
public sealed class SettingTablesTests
{
    public static TheoryData<string, string, Type> Tables =>
        new()
        {
            { "docs/caching.md", "setting", typeof(CachingOptions) },
            { "docs/caching.md", "policy setting", typeof(CachePolicy) },
            { "docs/data.md", "outbox setting", typeof(OutboxOptions) },
            { "docs/data.md", "inbox setting", typeof(InboxOptions) },
        };

    [Theory]
    [MemberData(nameof(Tables))]
    public void Every_setting_is_documented_and_nothing_else(string page, string table, Type settings) =>
        Assert.Equal(
            PropertiesOf(settings).Select(property => property.Name).Order(StringComparer.Ordinal),
            RowsOf(page, table).Keys.Order(StringComparer.Ordinal)
        );

    [Theory]
    [MemberData(nameof(Tables))]
    public void Every_default_is_the_documented_one(string page, string table, Type settings)
    {
        // What is null, empty or a function depends on other settings or the application: the page says how.
        var documented = RowsOf(page, table);
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

    private static Dictionary<string, string> RowsOf(string page, string table) =>
        Table.Of(page, table).ToDictionary(row => Table.Plain(row[0]), row => Table.Plain(row[1]));

    private static PropertyInfo[] PropertiesOf(Type settings) =>
        settings.GetProperties(BindingFlags.Public | BindingFlags.Instance);
}
