namespace Netweir.NodeState.Foreign;

/// <summary>A file that a container runtime takes for its network configuration.</summary>
/// <param name="Plugin">The type of its first plugin; empty when it does not say.</param>
public sealed record CniConfiguration(string Path, string Plugin)
{
    public string Name => System.IO.Path.GetFileName(Path);
}
