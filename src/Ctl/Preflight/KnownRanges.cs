using System.Net;
using Netweir.Endpoints;

namespace Netweir.Ctl;

/// <summary>Pod and service ranges of the cluster, as far as something on this node knows them.</summary>
internal static class KnownRanges
{
    private const string ControllerManager = "/etc/kubernetes/manifests/kube-controller-manager.yaml";
    private static readonly string[] s_flags = ["--cluster-cidr=", "--service-cluster-ip-range="];

    /// <summary>What the administrator said, else what the control plane here is told, else the agent's facts.</summary>
    public static (IReadOnlyList<IPNetwork> Ranges, string Source) Find(PreflightPlaces places)
    {
        if (places.Ranges.Count > 0)
        {
            return (places.Ranges, "--range");
        }

        string manifest = places.Host.Of(ControllerManager);
        if (File.Exists(manifest) && FromFlags(File.ReadLines(manifest)) is { Count: > 0 } told)
        {
            return (told, manifest);
        }

        string directory = places.Paths.RunDirectory;
        return File.Exists(Path.Combine(directory, NodeFacts.FileName)) ? (NodeFacts.Read(directory).PodCidrs, Path.Combine(directory, NodeFacts.FileName)) : ([], "");
    }

    /// <param name="lines">Of a static pod's manifest: <c>- --cluster-cidr=10.244.0.0/16,fd00::/56</c>.</param>
    internal static IReadOnlyList<IPNetwork> FromFlags(IEnumerable<string> lines) =>
    [
        .. from line in lines
           let text = line.Trim().TrimStart('-', ' ').Trim('"', '\'')
           from flag in s_flags
           where text.StartsWith(flag.TrimStart('-'), StringComparison.Ordinal)
           from range in text[(flag.Length - 2)..].Split(',')
           where IPNetwork.TryParse(range, out _)
           select IPNetwork.Parse(range),
    ];
}
