namespace Netweir.NodeState;

/// <summary>The node's root directory, which a container has elsewhere than at <c>/</c>.</summary>
public sealed record HostRoot(string Path)
{
    public static HostRoot OfThisProcess { get; } = new("/");

    /// <summary>The node's own view of processes and mounts where it can be seen, else this process's.</summary>
    public string Proc => Directory.Exists(Of("/proc/1")) ? Of("/proc") : "/proc";

    /// <summary>A directory of the node where this process has it by its own name, as a mount of its own; else below the node's root.</summary>
    public string Visible(string directory) => Directory.Exists(directory) ? directory : Of(directory);

    /// <summary>Where <paramref name="path"/>, an absolute one on the node, is for this process.</summary>
    public string Of(string path) => System.IO.Path.Combine(Path, path.TrimStart('/'));

    /// <summary>The path that the node itself has for what is <paramref name="here"/> for this process.</summary>
    public string OnNode(string here)
    {
        string root = System.IO.Path.TrimEndingDirectorySeparator(Path);
        return root.Length > 1 && here.StartsWith(root + "/", StringComparison.Ordinal) ? here[root.Length..] : here;
    }
}
