using Netweir.Kube;

namespace Netweir.Ctl;

/// <summary>Reads what an installation looks like now.</summary>
internal sealed class InstallLook(RawClient client, ObjectKey daemonSet)
{
    public const string PodLabel = "app.kubernetes.io/name=netweir";

    public async Task<InstallState> TakeAsync(CancellationToken cancellationToken)
    {
        DaemonSet set = await client.GetAsync(KubeResources.DaemonSets, daemonSet.Namespace, daemonSet.Name, cancellationToken).ConfigureAwait(false);
        KubeList<Pod> pods = await client.ListAsync(
            KubeResources.Pods, new KubeQuery { Namespace = daemonSet.Namespace, LabelSelector = PodLabel }, cancellationToken).ConfigureAwait(false);
        KubeList<NodeReadiness> nodes = await client.ListAsync(KubeResources.NodeReadiness, KubeQuery.All, cancellationToken).ConfigureAwait(false);
        return InstallState.Create(set, nodes.Items, pods.Items);
    }
}
