using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>Tells those who hold a resource back, since it waits for others, that somebody starts it regardless of them.</summary>
internal sealed class StartsRegardless
{
    private readonly Lock _lock = new();
    private readonly List<Expectation> _expected = [];

    /// <summary>From now on a start of the resource is noticed, until the result is disposed.</summary>
    public Expectation Expect(IResource resource)
    {
        var expectation = new Expectation(this, resource);
        lock (_lock)
        {
            _expected.Add(expectation);
        }

        return expectation;
    }

    /// <summary>Somebody starts the resource.</summary>
    public void Begin(IResource resource)
    {
        lock (_lock)
        {
            _expected.FindAll(expectation => expectation.Resource == resource).ForEach(expectation => expectation.Complete());
        }
    }

    private void Forget(Expectation expectation)
    {
        lock (_lock)
        {
            _expected.Remove(expectation);
        }
    }

    /// <summary>One who holds a resource back.</summary>
    internal sealed class Expectation(StartsRegardless owner, IResource resource) : IDisposable
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IResource Resource => resource;

        /// <summary>Completes when somebody starts the resource.</summary>
        public Task Begun => _begun.Task;

        public void Complete() => _begun.TrySetResult();

        public void Dispose() => owner.Forget(this);
    }
}
