namespace Aspire.Hosting.Dashboard.Grpc;

/// <summary>The codes of gRPC that are used here (https://grpc.github.io/grpc/core/md_doc_statuscodes.html).</summary>
internal enum GrpcStatusCode
{
    Ok = 0,
    Cancelled = 1,
    Unknown = 2,
    InvalidArgument = 3,
    Unimplemented = 12,
    Unauthenticated = 16,
}

/// <summary>Ends a call with a status other than OK.</summary>
internal sealed class GrpcException(GrpcStatusCode status, string message) : Exception(message)
{
    public GrpcStatusCode Status => status;
}
