namespace Netweir.E2e.Tests;

/// <summary>One lab for each routing, built when a test first asks for it.</summary>
public sealed class ServiceLabs : IAsyncLifetime
{
    private readonly Dictionary<string, ServiceLab> _labs = [];

    public async Task<ServiceLab> GetAsync(string routing)
    {
        if (!_labs.TryGetValue(routing, out var lab))
        {
            _labs[routing] = lab = await ServiceLab.CreateAsync(routing);
        }

        return lab;
    }

    /// <summary>What the test that ran has made.</summary>
    public void Clean()
    {
        foreach (var lab in _labs.Values)
        {
            lab.RemoveServices();
        }
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var lab in _labs.Values)
        {
            await lab.DisposeAsync();
        }
    }
}
