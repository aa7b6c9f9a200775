using Microsoft.AspNetCore.Http.HttpResults;
using RedisFlow.AspNetCore.Problems;
using RedisFlow.Domain;

namespace RedisFlow.Services.Http;

/// <summary>Checks of ids and names in requests, by the domain's rules.</summary>
public static class EntityChecks
{
    /// <summary>Checks an id.</summary>
    /// <returns>The id; 0 if it is wrong.</returns>
    public static long Id(this RequestErrors errors, string field, long? id)
    {
        ArgumentNullException.ThrowIfNull(errors);
        if (id is { } value && EntityId.IsValid(value))
        {
            return value;
        }

        errors.Add(field, $"Give a whole number from {EntityId.MinValue} to {EntityId.MaxValue}.");
        return 0;
    }

    /// <summary>Checks an id that is all there is to check.</summary>
    /// <returns>The answer if it is wrong: 400; else <c>null</c>.</returns>
    public static ValidationProblem? Refuse(string field, long id)
    {
        var errors = new RequestErrors();
        errors.Id(field, id);
        return errors.Any ? errors.ToProblem() : null;
    }

    /// <summary>Checks and trims a name.</summary>
    /// <returns>The name; <c>null</c> if it is wrong.</returns>
    public static EntityName? Name(this RequestErrors errors, string field, string? text)
    {
        ArgumentNullException.ThrowIfNull(errors);
        if (!EntityName.TryCreate(text, out var name, out var error))
        {
            errors.Add(field, error);
        }

        return name;
    }
}
