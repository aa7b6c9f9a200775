using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.RateLimiting;
using Polly.Timeout;

namespace StandIns.Packages.Tests;

public sealed class ResilienceTests
{
    [Fact]
    public void The_defaults_are_the_official_ones()
    {
        var options = new HttpStandardResilienceOptions();

        Assert.Equal(1000, options.RateLimiter.DefaultRateLimiterOptions.PermitLimit);
        Assert.Equal(0, options.RateLimiter.DefaultRateLimiterOptions.QueueLimit);
        Assert.Equal(TimeSpan.FromSeconds(30), options.TotalRequestTimeout.Timeout);
        Assert.Equal(3, options.Retry.MaxRetryAttempts);
        Assert.Equal(TimeSpan.FromSeconds(2), options.Retry.Delay);
        Assert.Equal(DelayBackoffType.Exponential, options.Retry.BackoffType);
        Assert.True(options.Retry.UseJitter);
        Assert.True(options.Retry.ShouldRetryAfterHeader);
        Assert.Equal(0.1, options.CircuitBreaker.FailureRatio);
        Assert.Equal(100, options.CircuitBreaker.MinimumThroughput);
        Assert.Equal(TimeSpan.FromSeconds(30), options.CircuitBreaker.SamplingDuration);
        Assert.Equal(TimeSpan.FromSeconds(5), options.CircuitBreaker.BreakDuration);
        Assert.Equal(TimeSpan.FromSeconds(10), options.AttemptTimeout.Timeout);
    }

    [Theory]
    [InlineData(HttpStatusCode.InternalServerError, 3)]
    [InlineData(HttpStatusCode.ServiceUnavailable, 3)]
    [InlineData(HttpStatusCode.RequestTimeout, 3)]
    [InlineData(HttpStatusCode.TooManyRequests, 3)]
    [InlineData(HttpStatusCode.NotFound, 1)]
    [InlineData(HttpStatusCode.OK, 1)]
    public async Task Transient_statuses_are_retried(HttpStatusCode status, int attempts)
    {
        using var server = new FakeServer(status);
        using var client = Client(server);

        using var response = await client.GetAsync("http://a/", TestContext.Current.CancellationToken);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(attempts, server.Attempts);
    }

    [Fact]
    public async Task A_failed_connection_is_retried_until_it_works()
    {
        using var server = new FakeServer((attempt, _) => attempt < 3
            ? throw new HttpRequestException("refused")
            : Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)));
        using var client = Client(server);

        using var response = await client.GetAsync("http://a/", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(3, server.Attempts);
    }

    [Theory]
    [InlineData("POST", 1)]
    [InlineData("PUT", 1)]
    [InlineData("PATCH", 1)]
    [InlineData("DELETE", 1)]
    [InlineData("GET", 3)]
    public async Task Unsafe_methods_can_be_left_out(string method, int attempts)
    {
        using var server = new FakeServer((_, _) => throw new HttpRequestException("refused"));
#pragma warning disable EXTEXP0001 // The test is about this member.
        using var client = Client(server, options => options.Retry.DisableForUnsafeHttpMethods());
#pragma warning restore EXTEXP0001
        using var request = new HttpRequestMessage(new HttpMethod(method), "http://a/");

        await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(request, TestContext.Current.CancellationToken));

        Assert.Equal(attempts, server.Attempts);
    }

    [Fact]
    public async Task An_attempt_that_hangs_is_ended_and_retried()
    {
        using var server = new FakeServer(async (attempt, cancellationToken) =>
        {
            await Task.Delay(attempt == 1 ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, cancellationToken);
            return new HttpResponseMessage(HttpStatusCode.OK);
        });
        using var client = Client(server, options => options.AttemptTimeout.Timeout = TimeSpan.FromMilliseconds(100));

        using var response = await client.GetAsync("http://a/", TestContext.Current.CancellationToken);

        Assert.Equal(2, server.Attempts);
    }

    [Fact]
    public async Task The_total_timeout_ends_the_retries()
    {
        using var server = new FakeServer(async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return new HttpResponseMessage();
        });
        using var client = Client(server, options =>
        {
            options.AttemptTimeout.Timeout = TimeSpan.FromMilliseconds(100);
            options.TotalRequestTimeout.Timeout = TimeSpan.FromSeconds(2);
            options.Retry.MaxRetryAttempts = 1000;
        });

        var clock = Stopwatch.StartNew();
        await Assert.ThrowsAsync<TimeoutRejectedException>(() => client.GetAsync("http://a/", TestContext.Current.CancellationToken));

        Assert.True(clock.Elapsed > TimeSpan.FromSeconds(1.9), $"{clock.Elapsed}");
        Assert.InRange(server.Attempts, 2, 20);
    }

    [Fact]
    public async Task The_circuit_breaker_counts_attempts_and_refuses_further_ones()
    {
        using var server = new FakeServer(HttpStatusCode.InternalServerError);
        using var client = Client(server, options => options.CircuitBreaker.MinimumThroughput = 2);

        // Inside the retry: the third attempt of the first request already meets the open circuit, and that is not retried.
        await Assert.ThrowsAsync<BrokenCircuitException>(() => client.GetAsync("http://a/", TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<BrokenCircuitException>(() => client.GetAsync("http://a/", TestContext.Current.CancellationToken));

        Assert.Equal(2, server.Attempts);
    }

    [Fact]
    public async Task The_rate_limiter_refuses_what_is_over_its_limit()
    {
        var release = new TaskCompletionSource();
        using var server = new FakeServer(async (_, _) =>
        {
            await release.Task;
            return new HttpResponseMessage(HttpStatusCode.OK);
        });
        using var client = Client(server, options => options.RateLimiter.DefaultRateLimiterOptions.PermitLimit = 1);

        var first = client.GetAsync("http://a/", TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<RateLimiterRejectedException>(() => client.GetAsync("http://a/", TestContext.Current.CancellationToken));
        release.SetResult();

        using var response = await first;
        Assert.Equal(1, server.Attempts);
    }

    [Fact]
    public async Task Retry_After_sets_the_delay()
    {
        using var server = new FakeServer((attempt, _) =>
        {
            var response = new HttpResponseMessage(attempt == 1 ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK);
            response.Headers.RetryAfter = new(TimeSpan.FromSeconds(1));
            return Task.FromResult(response);
        });
        using var client = Client(server);

        var clock = Stopwatch.StartNew();
        using var response = await client.GetAsync("http://a/", TestContext.Current.CancellationToken);

        Assert.True(clock.Elapsed > TimeSpan.FromMilliseconds(900), $"{clock.Elapsed}");
    }

    [Fact]
    public async Task The_callers_cancellation_is_no_timeout()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var server = new FakeServer(async (_, cancellationToken) =>
        {
            reached.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return new HttpResponseMessage();
        });
        using var client = Client(server);
        using var cancel = new CancellationTokenSource();

        var answer = client.GetAsync("http://a/", cancel.Token);
        await reached.Task;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);

        Assert.Equal(1, server.Attempts);
    }

    [Theory]
    [InlineData(10, 5, 30, "AttemptTimeout")]
    [InlineData(10, 30, 15, "SamplingDuration")]
    [InlineData(0, 30, 30, "Timeout")]
    public async Task Options_that_do_not_fit_stop_the_start(int attempt, int total, int sampling, string named)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddHttpClient("test").AddStandardResilienceHandler(options =>
        {
            options.AttemptTimeout.Timeout = TimeSpan.FromSeconds(attempt);
            options.TotalRequestTimeout.Timeout = TimeSpan.FromSeconds(total);
            options.CircuitBreaker.SamplingDuration = TimeSpan.FromSeconds(sampling);
        });
        using var host = builder.Build();

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
    }

    private static HttpClient Client(FakeServer server, Action<HttpStandardResilienceOptions>? configure = null) =>
        server.Client(http => http.AddStandardResilienceHandler().Configure(options =>
        {
            options.Retry.MaxRetryAttempts = 2;
            options.Retry.Delay = TimeSpan.FromMilliseconds(1);
            configure?.Invoke(options);
        }));
}
