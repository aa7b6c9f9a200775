namespace RedisFlow.AspNetCore.Admin.Streams;

/// <summary>What the OpenAPI document says of parameters that several endpoints have.</summary>
internal static class ParameterTexts
{
    public const string Group = "A consumer group of the stream; by default the service's own, see the operation.";

    public const string GroupOrAll =
        "The group that gave the letters up, * for all groups; by default the service's own, and all where it has "
        + "none.";

    public const string After = "The next of the page before, e.g. 1795234011241-0; nothing for the first page.";

    public const string Limit = "The most entries of the page.";

    public const string Reason =
        "Only what was given up for it: no-data, undecodable, unknown-type, newer-schema or handler-failed.";
}
