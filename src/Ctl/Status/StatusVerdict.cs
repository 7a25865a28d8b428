using System.Globalization;
using LibBpf.Interop;
using Netweir.Endpoints;
using Netweir.Maps;

namespace Netweir.Ctl;

/// <summary>What is wrong with a node. Pure.</summary>
internal static class StatusVerdict
{
    /// <summary>From this on a map is worth a look: what it refuses next is new pods or services.</summary>
    private const int NearlyFull = 90;

    /// <returns>One line each, most telling first; empty: nothing is wrong.</returns>
    public static IReadOnlyList<string> Problems(StatusReport report) =>
    [
        .. Programs(report),
        .. Uplinks(report),
        .. Attachments(report),
        .. Pods(report),
        .. Maps(report),
        .. Node(report),
    ];

    private static IEnumerable<string> Programs(StatusReport report)
    {
        string[] missing = [.. report.Programs.Where(p => p.Id == 0).Select(p => p.Hook)];
        return missing.Length == 0 ? [] : [$"not pinned: program {string.Join(", ", missing)}: restart the agent, which loads what is missing"];
    }

    private static IEnumerable<string> Uplinks(StatusReport report) => new[] { HookNames.FromNetdev, HookNames.ToNetdev }
        .Where(hook => !report.Attachments.Any(a => a.Hook == hook && !a.IsDeviceGone))
        .Select(hook => $"{hook} is attached to no device: nothing is translated on the node's uplinks; restart the agent, which attaches it");

    private static IEnumerable<string> Attachments(StatusReport report)
    {
        foreach (Attachment attachment in report.Attachments)
        {
            if (attachment.IsDeviceGone)
            {
                yield return $"{attachment.Hook} is linked to device {attachment.Device}, which is gone: the agent removes such links when it runs";
            }
            else if (!attachment.IsCurrent)
            {
                yield return $"{attachment.Hook} at {attachment.Device} is not the program that is pinned: an upgrade is not finished; look at the agent's log";
            }
        }
    }

    private static IEnumerable<string> Pods(StatusReport report)
    {
        ILookup<uint, string> hooks = report.Attachments.Where(a => !a.IsDeviceGone).ToLookup(a => a.Ifindex, a => a.Hook);
        foreach (EndpointRecord pod in report.Records.Where(r => r.State == EndpointState.Ready).OrderBy(r => r.DisplayName, StringComparer.Ordinal))
        {
            string[] missing = [.. new[] { HookNames.FromPod, HookNames.ToPod }.Except(hooks[(uint)pod.HostInterfaceIndex])];
            if (missing.Length > 0)
            {
                yield return $"pod {pod.DisplayName}: {string.Join(" and ", missing)} not attached at {pod.HostInterfaceName}; the agent attaches it, or delete the pod";
            }

            foreach (System.Net.IPAddress address in pod.Addresses.Where(a => !report.Endpoints.Contains(a)))
            {
                yield return $"pod {pod.DisplayName}: its address {address} is not in nw_endpoints: no packet reaches it; delete the pod, its successor is wired anew";
            }
        }
    }

    private static IEnumerable<string> Maps(StatusReport report)
    {
        string[] missing = [.. report.Maps.Where(m => m.Info is null).Select(m => m.Spec.Name)];
        if (missing.Length > 0)
        {
            yield return $"not pinned: map {string.Join(", ", missing)}: restart the agent, which makes what is missing";
        }

        foreach (MapFill map in report.Maps)
        {
            if (map.Info is not null && map.Percent >= NearlyFull && map.Info.Type != bpf_map_type.BPF_MAP_TYPE_LRU_HASH && map.Info.MaxEntries > 1)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"map {map.Spec.Name} is {map.Percent} % full ({map.Entries} of {map.Info.MaxEntries}): a full one refuses what is new");
            }
        }
    }

    private static IEnumerable<string> Node(StatusReport report)
    {
        if (report.Node is null)
        {
            yield return "node facts are missing (node.json): the CNI plugin refuses new pods until the agent has written them";
        }

        if (report.Agent.Answer is null)
        {
            string since = report.Agent.LastWrite is { } time
                ? $"services and routes stay as it left them; its last node facts are of {time.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z"
                : "it has left no node facts since this node booted";
            yield return $"the agent does not answer at {report.Agent.Where}: traffic still flows{(report.Node is null ? "" : " and pods can be added")}; {since}";
        }
        else if (!report.Agent.IsHealthy)
        {
            yield return $"the agent at {report.Agent.Where} says it is not healthy ({report.Agent.Answer}): look at its log";
        }

        foreach (string complaint in report.Agent.Complaints)
        {
            yield return $"the agent says: {complaint}";
        }
    }
}
