using Netweir.Netlink;

namespace Netweir.Controller;

/// <summary>
/// Looks every second whether the programs are where they should be: the kernel tells of removed links, but filters are removed in silence.
/// </summary>
internal sealed class AttachmentLoop(
    Datapath datapath, Rtnetlink netlink, StageRunner stages, Trigger trigger, LoopWatch watch, AgentMetrics metrics, TimeProvider time)
    : PeriodicLoop("attachments", trigger, TimeSpan.FromSeconds(1), watch, metrics, time)
{
    protected override bool Turn(bool resync, CancellationToken cancellationToken) =>
        datapath.Plan is null || stages.Run(ConditionNames.Attachments, () => datapath.Attach(netlink));
}
