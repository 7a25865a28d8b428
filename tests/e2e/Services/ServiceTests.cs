namespace Netweir.E2e.Tests;

/// <summary>Services that a test makes are gone after it.</summary>
[Collection(ServiceCollection.Name)]
public abstract class ServiceTests(ServiceLabs labs) : IAsyncLifetime
{
    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        labs.Clean();
        return Task.CompletedTask;
    }

    protected Task<ServiceLab> LabAsync(string routing) => labs.GetAsync(routing);
}
