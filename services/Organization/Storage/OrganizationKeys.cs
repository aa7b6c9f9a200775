using System.Globalization;
using RedisFlow.Domain;
using StackExchange.Redis;

namespace RedisFlow.Organization.Storage;

/// <summary>
/// The service's keys in Redis. They share the stream's hash tag, because a change and its message commit in one
/// transaction, and in a cluster a transaction must not cross slots.
/// </summary>
internal static class OrganizationKeys
{
    private const string Prefix = "{" + StreamNames.CacheInvalidation + "}:organization:";

    /// <summary>Counter (INCR) of company ids.</summary>
    public static RedisKey NextCompanyId => Prefix + "next:company";

    /// <summary>Counter (INCR) of dealership ids.</summary>
    public static RedisKey NextDealershipId => Prefix + "next:dealership";

    /// <summary>Sorted set of company ids, scored by id: the order of the unfiltered list.</summary>
    public static RedisKey CompaniesById => Prefix + "companies:by-id";

    /// <summary>
    /// Sorted set of <see cref="NameEntry"/>, all scored 0, so that Redis orders them by their bytes: the search by
    /// prefix.
    /// </summary>
    public static RedisKey CompaniesByName => Prefix + "companies:by-name";

    /// <summary>
    /// Sorted set of company ids, scored by the negated number of dealerships: the largest company comes first.
    /// </summary>
    public static RedisKey CompaniesByDealerships => Prefix + "companies:by-dealerships";

    /// <summary>Counter: how many dealerships there are.</summary>
    public static RedisKey DealershipTotal => Prefix + "dealerships:total";

    /// <summary>Hash: name, version, dealerships (their number).</summary>
    public static RedisKey Company(long id) => Invariant($"{Prefix}company:{id}");

    /// <summary>Hash: dealership id → name.</summary>
    public static RedisKey DealershipsOf(long companyId) => Invariant($"{Prefix}company:{companyId}:dealerships");

    /// <summary>String: the id of the company that the dealership belongs to.</summary>
    public static RedisKey OwnerOf(long dealershipId) => Invariant($"{Prefix}dealership:{dealershipId}:company");

    /// <summary>Hash: name, version, roles (comma-separated).</summary>
    public static RedisKey User(long id) => Invariant($"{Prefix}user:{id}");

    /// <summary>
    /// A member of <see cref="CompaniesByName"/>: the name folded to lower case, NUL (which no name contains), the id
    /// in 19 digits, so that equal names are in id order.
    /// </summary>
    public static string NameEntry(string name, long id) => Invariant($"{Fold(name)}\0{id:D19}");

    /// <summary>The id in a <see cref="NameEntry"/>.</summary>
    public static long IdOfNameEntry(string entry) =>
        long.Parse(entry.AsSpan(entry.Length - 19), NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>
    /// A member of <see cref="CompaniesByDealerships"/>: 19 digits, so that equally large companies are in id order.
    /// </summary>
    public static string SizeEntry(long id) => Invariant($"{id:D19}");

    /// <summary>The form of a name that the search compares.</summary>
    public static string Fold(string name) => name.ToLowerInvariant();

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
