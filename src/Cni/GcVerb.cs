using System.Net;
using System.Text.Json;
using Netweir.Endpoints;
using Netweir.Netlink;

namespace Netweir.Cni;

/// <summary>
/// GC: removes every attachment of the network that the runtime does not list, and what belongs to no attachment at all. One failure does
/// not stop it. The runtime runs no ADD or DEL meanwhile (specification, "Lifecycle and ordering").
/// </summary>
internal static class GcVerb
{
    public static void Run(Invocation invocation, Stream output)
    {
        HashSet<AttachmentKey> valid = ReadValid(invocation.Config.ValidAttachments);
        EndpointStore store = invocation.OpenStore();
        var remover = new AttachmentRemover(store, invocation.Config.BpfRoot);
        var failures = new List<string>();
        foreach (AttachmentKey key in store.Keys().Where(k => !valid.Contains(k)))
        {
            EndpointRecord? record = store.Find(key);
            if (record is null || record.Network == invocation.Config.Name)
            {
                Attempt(failures, record?.DisplayName ?? key.ToString(), () => Remove(invocation.Config.StateDir, remover, key));
            }
        }

        Attempt(failures, "addresses without a record", () => store.ReleaseOrphans());
        Attempt(failures, "interfaces without a record", () => RemoveStrayInterfaces(store));
        Attempt(failures, "map entries without a record", () => RemoveStrayEntries(store, invocation.Config));
        if (failures.Count > 0)
        {
            throw new CniException(CniErrorCode.GcIncomplete, $"{failures.Count} things could not be removed; the next GC tries again", string.Join("; ", failures));
        }
    }

    private static void Remove(string stateDirectory, AttachmentRemover remover, AttachmentKey key)
    {
        using IDisposable? held = AttachmentLock.Acquire(stateDirectory, key, create: false);
        remover.Remove(key);
    }

    /// <summary>Only names of the form that ADD gives; a record is written before its interface is made, so one without is nobody's.</summary>
    private static void RemoveStrayInterfaces(EndpointStore store)
    {
        HashSet<string> known = [.. store.Keys().Select(k => k.HostInterfaceName)];
        using Rtnetlink host = Rtnetlink.Open();
        foreach (Link link in host.Links.List().Where(l => l.Kind == "veth" && AttachmentKey.IsHostInterfaceName(l.Name) && !known.Contains(l.Name)))
        {
            host.Links.Delete(link.Index);
        }
    }

    private static void RemoveStrayEntries(EndpointStore store, NetworkConfig config)
    {
        using EndpointMap? endpoints = EndpointMap.TryOpen(config.BpfRoot);
        endpoints?.Remove(endpoints.Addresses().Where(a => store.OwnerOf(a) is null));
    }

    private static void Attempt(List<string> failures, string what, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is NetlinkException or BpfException or IOException or TimeoutException or UnauthorizedAccessException)
        {
            failures.Add($"{what}: {e.Message}");
        }
    }

    private static HashSet<AttachmentKey> ReadValid(JsonElement list)
    {
        const string field = "cni.dev/valid-attachments";
        var valid = new HashSet<AttachmentKey>();
        if (list.ValueKind == JsonValueKind.Null)
        {
            return valid;
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            throw new CniException(CniErrorCode.InvalidNetworkConfig, $"GC needs {field}, an array: without it every pod would look stale");
        }

        foreach (JsonElement item in list.EnumerateArray())
        {
            if (ReadString(item, "containerID") is not { } containerId || ReadString(item, "ifname") is not { } interfaceName)
            {
                throw new CniException(CniErrorCode.InvalidNetworkConfig, $"{field}: {item.GetRawText()} does not have containerID and ifname");
            }

            valid.Add(new AttachmentKey(containerId, interfaceName));
        }

        return valid;
    }

    private static string? ReadString(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out JsonElement value) ? JsonText.Read(value) : null;
}
