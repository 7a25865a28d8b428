using Microsoft.Extensions.Hosting;
using Netweir.Netlink;

namespace Netweir.Controller;

/// <summary>Pulls the node's trigger when the kernel's network changes in a way that matters. Reads on a thread of its own.</summary>
internal sealed class KernelMonitor(NetlinkMonitor monitor, NodeReconciler reconciler, AgentOptions options, Trigger trigger, AgentMetrics metrics)
    : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Factory.StartNew(
        () => Read(stoppingToken), stoppingToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Read(CancellationToken cancellationToken)
    {
        while (true)
        {
            var change = monitor.Read(cancellationToken);
            if (change.Kind == NetlinkEventKind.Resync)
            {
                metrics.EventsLost();
            }
            if (KernelEvents.Matters(change, reconciler.View, options.Uplinks))
            {
                trigger.Pull();
            }
        }
    }
}
