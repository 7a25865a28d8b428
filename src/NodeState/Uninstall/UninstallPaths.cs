namespace Netweir.NodeState;

/// <summary>Where Netweir is on the node, as the node itself calls it.</summary>
public sealed record UninstallPaths
{
    public required string BpfRoot { get; init; }

    public required string StateDirectory { get; init; }

    public required string RunDirectory { get; init; }

    public required string CniConfDirectory { get; init; }

    public required string CniBinDirectory { get; init; }

    /// <summary>Where ctl is.</summary>
    public required string BinDirectory { get; init; }

    /// <summary>Where this process sees the node's root directory.</summary>
    public string HostRoot { get; init; } = "/";

    /// <summary>A path of the node, as this process sees it.</summary>
    public string Here(string path) => HostRoot == "/" ? path : Path.Join(HostRoot, path);
}
