using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Google.Protobuf.WellKnownTypes;
using Health = Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus;

namespace Aspire.Hosting.Dashboard;

/// <summary>From the application model's snapshots to the dashboard's messages.</summary>
internal static class ResourceMapper
{
    /// <param name="change">The instance's state.</param>
    /// <param name="defaultCreation">When it was created, if the snapshot does not know: the dashboard needs a time.</param>
    public static Proto.Resource ToMessage(ResourceEvent change, DateTime defaultCreation)
    {
        var snapshot = change.Snapshot;
        var creation = snapshot.CreationTimeStamp ?? defaultCreation;
        var message = new Proto.Resource
        {
            Name = change.ResourceId,
            Uid = change.ResourceId,
            DisplayName = change.Resource.Name,
            ResourceType = snapshot.ResourceType,
            State = snapshot.State?.Text ?? "",
            StateStyle = snapshot.State?.Style ?? "",
            CreatedAt = ToTimestamp(creation),
            StartedAt = ToTimestamp(snapshot.StartTimeStamp),
            StoppedAt = ToTimestamp(snapshot.StopTimeStamp),
            IsHidden = snapshot.IsHidden,
            SupportsDetailedTelemetry = snapshot.SupportsDetailedTelemetry,
        };
        if (snapshot.IconName is { } iconName)
        {
            message.IconName = iconName;
        }

        if (snapshot.IconVariant is { } iconVariant)
        {
            message.IconVariant = ToMessage(iconVariant);
        }

        message.Environment.AddRange(snapshot.EnvironmentVariables.Select(ToMessage));
        message.Urls.AddRange(snapshot.Urls.Select(ToMessage));
        message.Volumes.AddRange(snapshot.Volumes.Select(ToMessage));
        message.HealthReports.AddRange(snapshot.HealthReports.Select(ToMessage));
        message.Relationships.AddRange(snapshot.Relationships.Select(ToMessage));
        message.Commands.AddRange(snapshot.Commands.Select(ToMessage));
        message.Properties.AddRange(GetProperties(change, creation).Select(ToMessage));
        return message;
    }

    /// <summary>What every resource has, and what it says itself, which comes last and so prevails: names are unique.</summary>
    private static IEnumerable<ResourcePropertySnapshot> GetProperties(ResourceEvent change, DateTime creation)
    {
        var snapshot = change.Snapshot;
        ResourcePropertySnapshot[] common =
        [
            new(KnownProperties.Resource.Uid, change.ResourceId),
            new(KnownProperties.Resource.Name, change.ResourceId),
            new(KnownProperties.Resource.Type, snapshot.ResourceType),
            new(KnownProperties.Resource.DisplayName, change.Resource.Name),
            new(KnownProperties.Resource.State, snapshot.State?.Text),
            new(KnownProperties.Resource.ExitCode, snapshot.ExitCode?.ToString(CultureInfo.InvariantCulture)),
            new(KnownProperties.Resource.CreateTime, ToText(creation)),
            new(KnownProperties.Resource.StartTime, ToText(snapshot.StartTimeStamp)),
            new(KnownProperties.Resource.StopTime, ToText(snapshot.StopTimeStamp)),
            new(KnownProperties.Resource.HealthState, snapshot.HealthStatus?.ToString()),
        ];
        return common.Concat(snapshot.Properties)
            .GroupBy(property => property.Name, StringComparer.OrdinalIgnoreCase)
            .Select(same => same.Last());
    }

    private static Proto.ResourceProperty ToMessage(ResourcePropertySnapshot property)
    {
        var message = new Proto.ResourceProperty
        {
            Name = property.Name,
            Value = ToValue(property.Value),
            IsSensitive = property.IsSensitive,
            IsHighlighted = property.IsHighlighted,
        };
        if (!string.IsNullOrEmpty(property.DisplayName))
        {
            message.DisplayName = property.DisplayName;
        }

        if (property.SortOrder is { } sortOrder)
        {
            message.SortOrder = sortOrder;
        }

        return message;
    }

    private static Proto.EnvironmentVariable ToMessage(EnvironmentVariableSnapshot variable) =>
        new() { Name = variable.Name, Value = variable.Value ?? "", IsFromSpec = variable.IsFromSpec };

    private static Proto.Url ToMessage(UrlSnapshot url) => new()
    {
        EndpointName = url.Name ?? "",
        FullUrl = url.Url,
        IsInternal = url.IsInternal,
        IsInactive = url.IsInactive,
        DisplayProperties = new() { DisplayName = url.DisplayProperties.DisplayName, SortOrder = url.DisplayProperties.SortOrder },
    };

    private static Proto.Volume ToMessage(VolumeSnapshot volume) =>
        new() { Source = volume.Source ?? "", Target = volume.Target, MountType = volume.MountType, IsReadOnly = volume.IsReadOnly };

    private static Proto.ResourceRelationship ToMessage(RelationshipSnapshot relationship) =>
        new() { ResourceName = relationship.ResourceName, Type = relationship.Type };

    private static Proto.HealthReport ToMessage(HealthReportSnapshot report)
    {
        var message = new Proto.HealthReport
        {
            Key = report.Name,
            Description = report.Description ?? "",
            Exception = report.ExceptionText ?? "",
            LastRunAt = ToTimestamp(report.LastRunAt),
        };
        if (report.Status is { } status)
        {
            message.Status = status switch
            {
                Health.Healthy => Proto.HealthStatus.Healthy,
                Health.Degraded => Proto.HealthStatus.Degraded,
                _ => Proto.HealthStatus.Unhealthy,
            };
        }

        return message;
    }

    private static Proto.ResourceCommand ToMessage(ResourceCommandSnapshot command) => new()
    {
        Name = command.Name,
        DisplayName = command.DisplayName,
        DisplayDescription = command.DisplayDescription ?? "",
        ConfirmationMessage = command.ConfirmationMessage ?? "",
        IconName = command.IconName ?? "",
        IconVariant = ToMessage(command.IconVariant ?? IconVariant.Regular),
        IsHighlighted = command.IsHighlighted,

        // The dashboard throws at a state that it does not know.
        State = command.State switch
        {
            ResourceCommandState.Enabled => Proto.ResourceCommandState.Enabled,
            ResourceCommandState.Disabled => Proto.ResourceCommandState.Disabled,
            _ => Proto.ResourceCommandState.Hidden,
        },
    };

    private static Proto.IconVariant ToMessage(IconVariant variant) =>
        variant == IconVariant.Filled ? Proto.IconVariant.Filled : Proto.IconVariant.Regular;

    private static Value ToValue(object? value) => value switch
    {
        null => Value.ForNull(),
        string text => Value.ForString(text),
        int number => Value.ForNumber(number),
        IEnumerable<KeyValuePair<string, string>> pairs => Value.ForStruct(ToStruct(pairs)),
        IEnumerable<string> texts => Value.ForList([.. texts.Select(Value.ForString)]),
        IEnumerable<int> numbers => Value.ForList([.. numbers.Select(number => Value.ForNumber(number))]),
        _ => Value.ForString(value.ToString() ?? ""),
    };

    private static Struct ToStruct(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        var result = new Struct();
        foreach (var (key, value) in pairs)
        {
            result.Fields[key] = ToValue(value);
        }

        return result;
    }

    private static string? ToText(DateTime? time) => time?.ToString("O", CultureInfo.InvariantCulture);

    private static Timestamp? ToTimestamp(DateTime? time) => time is { } value ? Timestamp.FromDateTime(value.ToUniversalTime()) : null;
}
