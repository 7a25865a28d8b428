namespace Netweir.NodeState;

/// <summary>The interfaces of pods that are still connected. Both ends go, with their routes, neighbours and filters.</summary>
internal sealed class PodRemover : IRemover
{
    public string Kind => "pod";

    public IEnumerable<Removal> Plan(UninstallContext context) => context.Pods().Select(p => new Removal(Kind, $"{p.Link.Name} of {p.Pod}")
    {
        Undo = () =>
        {
            context.Netlink.Links.Delete(p.Link.Index);
            return null;
        },
    });
}
