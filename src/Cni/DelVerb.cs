using Netweir.Endpoints;

namespace Netweir.Cni;

/// <summary>DEL: works from the record and from the names that the key determines; needs neither the pod's namespace nor the agent.</summary>
internal static class DelVerb
{
    public static void Run(Invocation invocation, Stream output)
    {
        EndpointStore store = invocation.OpenStore();
        using IDisposable? held = store.LockAttachment(invocation.Key, create: false);
        new AttachmentRemover(store, invocation.Config.BpfRoot).Remove(invocation.Key);
    }
}
