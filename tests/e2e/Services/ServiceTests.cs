namespace Netweir.E2e.Tests;

/// <summary>Services that a test makes are gone after it.</summary>
[Collection(ServiceCollection.Name)]
public abstract class ServiceTests(ServiceLabs labs) : IAsyncLifetime
{
    private readonly List<IDisposable> _owned = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        _owned.ForEach(o => o.Dispose());
        labs.Clean();
        return Task.CompletedTask;
    }

    protected Task<ServiceLab> LabAsync(string routing) => labs.GetAsync(routing);

    /// <summary>Disposed after the test.</summary>
    protected T Own<T>(T resource)
        where T : IDisposable
    {
        _owned.Add(resource);
        return resource;
    }
}
