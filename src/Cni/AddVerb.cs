using Netweir.Endpoints;
using Netweir.Netlink;

namespace Netweir.Cni;

/// <summary>
/// ADD: connects a pod and reports its addresses. A failure leaves nothing behind. Host ports are recorded here and programmed by the agent, within
/// a second, or as soon as it runs again.
/// </summary>
internal static class AddVerb
{
    public static void Run(Invocation invocation, Stream output) => Run(invocation, output, null);

    public static void Run(Invocation invocation, Stream output, Action<AddStep>? stepDone)
    {
        if (Invocation.IsPresent(invocation.Config.PrevResult))
        {
            throw new CniException(CniErrorCode.UnsupportedField, "unsupported field prevResult: Netweir makes the pod's interface, so it must be the first plugin of the list");
        }

        CheckPortMappings(invocation.Config.RuntimeConfig?.PortMappings);
        NodeFacts node = ReadNode(invocation.Config);
        using PinnedDatapath datapath = OpenDatapath(invocation.Config);
        using NetworkNamespace podNamespace = OpenNamespace(invocation);
        EndpointStore store = invocation.OpenStore();
        using IDisposable? held = AttachmentLock.Acquire(invocation.Config.StateDir, invocation.Key, create: true);
        var remover = new AttachmentRemover(store, invocation.Config.BpfRoot);
        MakeRoom(invocation, store, remover, podNamespace);

        EndpointRecord record;
        try
        {
            record = new AttachmentBuilder(store, datapath, node, stepDone).Build(invocation, podNamespace);
        }
        catch (Exception failure)
        {
            Undo(remover, invocation.Key, failure);
            throw;
        }

        AddResult.Write(output, invocation, record, node);
    }

    private static void CheckPortMappings(IReadOnlyList<PortMapping?>? mappings)
    {
        for (int i = 0; i < mappings?.Count; i++)
        {
            if ((mappings[i] is { } mapping ? mapping.Problem() : "it is null") is { } problem)
            {
                throw new CniException(
                    CniErrorCode.InvalidNetworkConfig,
                    $"runtimeConfig.portMappings[{i}]: {problem}",
                    "the container runtime makes it of the pod's containers' ports: change them there");
            }
        }
    }

    private static NodeFacts ReadNode(NetworkConfig config)
    {
        try
        {
            return NodeFacts.Read(config.RunDir);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new CniException(CniErrorCode.TryAgainLater, $"the node's facts are not there yet: {e.Message}", "netweir-agent writes them when it starts; look at its log", e);
        }
    }

    private static PinnedDatapath OpenDatapath(NetworkConfig config)
    {
        try
        {
            return PinnedDatapath.Open(config.BpfRoot);
        }
        catch (BpfException e)
        {
            throw new CniException(CniErrorCode.TryAgainLater, $"the datapath is not loaded yet: {e.Message}", "netweir-agent pins it when it starts; look at its log", e);
        }
    }

    private static NetworkNamespace OpenNamespace(Invocation invocation)
    {
        NetworkNamespace pod = NetworkNamespace.TryOpen(invocation.NetworkNamespacePath)
            ?? throw new CniException(
                CniErrorCode.ContainerUnknown,
                $"{Variable.NetworkNamespace}: there is no network namespace at {invocation.NetworkNamespacePath}: the sandbox was removed before its network was made");
        using NetworkNamespace own = NetworkNamespace.Current();
        if (pod.Inode != own.Inode)
        {
            return pod;
        }

        pod.Dispose();
        throw new CniException(
            CniErrorCode.InvalidEnvironment,
            $"{Variable.NetworkNamespace}: {invocation.NetworkNamespacePath} is the host's own network namespace: its routes are not touched; a host-network pod needs no ADD");
    }

    /// <summary>Removes what a crashed ADD of the same attachment left; refuses to repeat one that succeeded.</summary>
    private static void MakeRoom(Invocation invocation, EndpointStore store, AttachmentRemover remover, NetworkNamespace podNamespace)
    {
        if (store.Find(invocation.Key) is not { } earlier)
        {
            return;
        }

        if (earlier.State == EndpointState.Ready && earlier.BootId == store.BootId && earlier.NetworkNamespaceInode == podNamespace.Inode)
        {
            throw new CniException(CniErrorCode.AlreadyAttached, $"{invocation.Key} is already attached as {string.Join(", ", earlier.Addresses)}: run DEL first");
        }

        remover.Remove(invocation.Key);
    }

    private static void Undo(AttachmentRemover remover, AttachmentKey key, Exception failure)
    {
        try
        {
            remover.Remove(key);
        }
        catch (Exception undo) when (undo is NetlinkException or BpfException or IOException or TimeoutException or UnauthorizedAccessException)
        {
            CniException cause = CniException.From(failure);
            throw new CniException(cause.Code, cause.Message, $"and it could not be undone: {undo.Message}. DEL or GC will remove the rest.", failure);
        }
    }
}
