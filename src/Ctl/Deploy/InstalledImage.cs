using Netweir.Kube;

namespace Netweir.Ctl;

/// <summary>The image that the cluster's agents run: what the nodes have already.</summary>
internal static class InstalledImage
{
    /// <summary>Null when Netweir is not installed, or installed under another name.</summary>
    public static async Task<string?> FindAsync(RawClient client, ObjectKey daemonSet, CancellationToken cancellationToken)
    {
        try
        {
            DaemonSet set = await client.GetAsync(KubeResources.DaemonSets, daemonSet.Namespace, daemonSet.Name, cancellationToken).ConfigureAwait(false);
            return set.Spec.Template.Spec.Containers.FirstOrDefault(c => c.Name == "agent")?.Image;
        }
        catch (KubeException e) when (e.Reason == KubeErrorReason.NotFound)
        {
            return null;
        }
    }
}
