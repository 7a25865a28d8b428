using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>Two nodes with two pods each, and services before them; shared by the tests of a class.</summary>
public abstract class LabFixture(LabOptions options) : IAsyncLifetime
{
    public LabCluster Lab { get; private set; } = null!;

    public LabNode NodeA => Lab.Nodes[0];

    public LabNode NodeB => Lab.Nodes[1];

    public LabPod A1 { get; private set; } = null!;

    public LabPod A2 { get; private set; } = null!;

    public LabPod B1 { get; private set; } = null!;

    public LabPod B2 { get; private set; } = null!;

    /// <summary>Its only backend is on node A.</summary>
    public LabService OnlyA2 { get; private set; } = null!;

    /// <summary>Its only backend is on node B.</summary>
    public LabService OnlyB1 { get; private set; } = null!;

    /// <summary>Backends on both nodes.</summary>
    public LabService Spread { get; private set; } = null!;

    public LabService Empty { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Lab = await LabCluster.CreateAsync(options);
        try
        {
            await PrepareAsync();
            A1 = await Lab.AddPodAsync(NodeA, "a1", ("app", "client"));
            A2 = await Lab.AddPodAsync(NodeA, "a2", ("app", "echo"));
            B1 = await Lab.AddPodAsync(NodeB, "b1", ("app", "echo"));
            B2 = await Lab.AddPodAsync(NodeB, "b2", ("app", "echo"));
            OnlyA2 = Lab.AddService("only-a2", A2);
            OnlyB1 = Lab.AddService("only-b1", B1);
            Spread = Lab.AddService("spread", A2, B1, B2);
            Empty = Lab.AddService("empty");
            await Lab.AwaitServiceAsync(Empty, LabCluster.RefusedAsync);
        }
        catch
        {
            await Lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>Before the first pod.</summary>
    protected virtual Task PrepareAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        // Null when it could not be created.
        if (Lab is { } lab)
        {
            await lab.DisposeAsync();
        }
    }
}
