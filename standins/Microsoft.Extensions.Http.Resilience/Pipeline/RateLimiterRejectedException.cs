namespace Polly.RateLimiting;

/// <summary>The limiter refused the execution. In the official packages this type belongs to Polly.RateLimiting.</summary>
public sealed class RateLimiterRejectedException : ExecutionRejectedException
{
    /// <summary>Creates the exception.</summary>
    public RateLimiterRejectedException()
        : base("The operation could not be executed because it was rejected by the rate limiter.")
    {
    }
}
