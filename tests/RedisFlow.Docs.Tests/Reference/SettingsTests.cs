using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RedisFlow.Docs.Tests.Pages;
using RedisFlow.Streams;

namespace RedisFlow.Docs.Tests.Reference;

/// <summary>Compares the table of settings with the settings.</summary>
public sealed class SettingsTests
{
    private const string Page = "docs/streams.md";

    private static readonly Dictionary<string, (string Default, string Range)> Documented = Table
        .Of(Page, "setting")
        .ToDictionary(row => Table.Plain(row[0]), row => (Table.Plain(row[1]), Table.Plain(row[2])));

    private static readonly Dictionary<string, (Type Type, object? Default)> Actual = Settings(new StreamOptions(), "")
        .ToDictionary();

    public static TheoryData<string> WithRange =>
        [.. Actual.Where(setting => setting.Value.Default is int or TimeSpan).Select(setting => setting.Key)];

    [Fact]
    public void Every_setting_is_documented_and_nothing_else() =>
        Assert.Equal(Actual.Keys.Order(StringComparer.Ordinal), Documented.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Every_default_is_the_documented_one()
    {
        // Texts and lists that are empty have a default that depends on the application.
        var known = Actual
            .Where(setting => setting.Value.Default is not ("" or System.Collections.ICollection))
            .ToArray();

        Assert.Equal(
            known.Select(setting => (setting.Key, SettingText.Of(setting.Value.Default))),
            known.Select(setting => (setting.Key, Documented[setting.Key].Default))
        );
    }

    [Theory]
    [MemberData(nameof(WithRange))]
    public void The_documented_range_is_what_the_start_accepts(string setting)
    {
        var (type, lowest, highest) = RangeOf(setting);

        // What other settings must be, so that only this one can be at fault.
        Dictionary<string, object> low = new()
        {
            ["MaxConcurrency"] = 1,
            ["RetryDelay"] = TimeSpan.Zero,
            ["Durability:Fsync"] = true,
        };
        Dictionary<string, object> high = new() { ["Prefetch"] = 10_000, ["MaxRetryDelay"] = TimeSpan.FromDays(1) };
        if (char.IsUpper(Documented[setting].Range[0]))
        {
            low = [];
        }

        Assert.Null(Refusal(setting, lowest, low));
        Assert.Null(Refusal(setting, highest, high));
        Assert.Contains($"Streams:{setting} is ", Refusal(setting, Next(lowest, -1), low), StringComparison.Ordinal);
        Assert.Contains($"Streams:{setting} is ", Refusal(setting, Next(highest, 1), high), StringComparison.Ordinal);

        static object Next(object value, int step) =>
            value is int number ? number + step : (TimeSpan)value + TimeSpan.FromMilliseconds(2 * step);
    }

    [Fact]
    public void The_exceptions_from_ranges_are_accepted() =>
        Assert.Null(Refusal("Retention", Timeout.InfiniteTimeSpan, []));

    private static (Type Type, object Lowest, object Highest) RangeOf(string setting)
    {
        var type = Actual[setting].Type;
        var ends = Documented[setting].Range.Split(", or ")[0].Split(" to ");
        return (type, End(ends[0]), End(ends[1]));

        object End(string text) =>
            Actual.TryGetValue(text, out var other) ? other.Default! : SettingText.Parse(text, type);
    }

    private static string? Refusal(string setting, object value, Dictionary<string, object> others)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        var settings = new Dictionary<string, object>(others) { [setting] = value };
        builder.Configuration.AddInMemoryCollection(
            settings.Select(pair =>
                KeyValuePair.Create(
                    $"Streams:{pair.Key}",
                    (string?)Convert.ToString(pair.Value, CultureInfo.InvariantCulture)
                )
            )
        );
        builder.Configuration.AddInMemoryCollection([
            new("ConnectionStrings:redis", "localhost:6379"),
            new("Streams:Application", "tests"),
        ]);
        builder.AddRedisStreams("redis", "orders", "billing");
        using var host = builder.Build();
        try
        {
            _ = host.Services.GetRequiredService<IOptions<StreamOptions>>().Value;
            return null;
        }
        catch (OptionsValidationException exception)
        {
            return exception.Message;
        }
    }

    private static IEnumerable<KeyValuePair<string, (Type Type, object? Default)>> Settings(
        object options,
        string prefix
    ) =>
        options
            .GetType()
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .SelectMany(property =>
                property.PropertyType == typeof(StreamDurabilityOptions)
                    ? Settings(property.GetValue(options)!, $"{prefix}{property.Name}:")
                    : [KeyValuePair.Create(prefix + property.Name, (property.PropertyType, property.GetValue(options)))]
            );
}
