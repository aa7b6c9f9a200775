using System.Globalization;

namespace RedisFlow.Domain;

/// <summary>
/// Subjects of messages: the entity whose changes keep their order. A company's dealerships are part of it. A
/// transfer's subject is the company that gives the dealership up, so that it follows everything that happened to the
/// dealership there.
/// </summary>
public static class Subjects
{
    private const string Users = "user/";

    /// <summary><c>company/{id}</c>.</summary>
    public static string Company(long id) => string.Create(CultureInfo.InvariantCulture, $"company/{id}");

    /// <summary><c>user/{id}</c>.</summary>
    public static string User(long id) => string.Create(CultureInfo.InvariantCulture, $"{Users}{id}");

    /// <summary>Whether a subject is a user.</summary>
    public static bool IsUser(string subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        return subject.StartsWith(Users, StringComparison.Ordinal);
    }
}
