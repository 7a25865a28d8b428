using Netweir.Endpoints;

namespace Netweir.Cni;

/// <summary>DEL: works from the record and from the names that the key determines; needs neither the pod's namespace nor the agent.</summary>
internal static class DelVerb
{
    public static void Run(Invocation invocation, Stream output)
    {
        using IDisposable? held = AttachmentLock.Acquire(invocation.Config.StateDir, invocation.Key, create: false);
        new AttachmentRemover(invocation.OpenStore(), invocation.Config.BpfRoot).Remove(invocation.Key);
    }
}
