using System.Text;
using Netweir.Netlink;
using Netweir.Support.Lab;
using Xunit.Abstractions;

namespace Netweir.Controller.Tests;

/// <summary>The kernel drops events when they come faster than they are read: then everything is read again, and the loss is counted.</summary>
public sealed class AgentOverrunTests(ITestOutputHelper output) : IDisposable
{
    private readonly AgentProcess _agent = new();

    public void Dispose() => _agent.Dispose();

    [Fact]
    public void A_monitor_whose_buffer_overflows_says_so_and_goes_on()
    {
        using var monitor = _agent.Node.Namespace.Run(() => NetlinkMonitor.Open(MonitorGroups.All, receiveQueueBytes: 4096));
        Flood(from: 0, count: 200);

        var kinds = new List<NetlinkEventKind>();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!kinds.Contains(NetlinkEventKind.Resync))
        {
            kinds.Add(monitor.Read(deadline.Token).Kind);
        }

        Drain(monitor);
        Flood(from: 300, count: 1);
        while (monitor.Read(deadline.Token).Address?.Address.ToString() != "172.16.1.44")
        {
        }
    }

    [Fact]
    public void An_agent_that_lost_events_reads_everything_again_at_once()
    {
        _agent.Ready();
        var routes = _agent.Node.OwnRoutes().Count;
        Assert.Equal(0, _agent.Metric("netweir_netlink_overruns_total"));
        _agent.Signal("STOP");
        try
        {
            // In the middle of the flood, so that its own event may well be among the lost.
            Flood(from: 0, count: 6000);
            Command.Run(["ip", "link", "del", "nw_host"], _agent.Node.Namespace).Checked();
            Command.Run(["ip", "route", "flush", "proto", $"{RouteProtocol.Netweir}"], _agent.Node.Namespace).Checked();
            Flood(from: 6000, count: 6000);
        }
        finally
        {
            _agent.Signal("CONT");
        }

        var back = _agent.WaitFor(() => _agent.Node.OwnRoutes().Count == routes && _agent.Node.Netlink.Links.Find("nw_host") is { IsUp: true }, 30, "whole again");
        _agent.WaitFor(() => _agent.Metric("netweir_netlink_overruns_total") > 0, 10, "counting the loss");
        output.WriteLine($"{back.TotalMilliseconds,6:F0} ms  whole again after 12000 addresses; overruns: {_agent.Metric("netweir_netlink_overruns_total")}");
        Assert.True(back < TimeSpan.FromSeconds(10), $"it took {back}");
        _agent.WaitReady();
    }

    private static void Drain(NetlinkMonitor monitor)
    {
        try
        {
            while (true)
            {
                using var quiet = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
                monitor.Read(quiet.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Nothing is left.
        }
    }

    /// <summary>Adds addresses to lo and takes them away again: two events each, and routes besides.</summary>
    private void Flood(int from, int count)
    {
        var batch = new StringBuilder();
        for (var i = from; i < from + count; i++)
        {
            batch.AppendLine($"address add 172.{16 + (i >> 16)}.{(i >> 8) & 255}.{i & 255}/32 dev lo");
            batch.AppendLine($"address del 172.{16 + (i >> 16)}.{(i >> 8) & 255}.{i & 255}/32 dev lo");
        }
        Command.Run(["ip", "-batch", "-"], _agent.Node.Namespace, batch.ToString(), timeout: TimeSpan.FromSeconds(120)).Checked();
    }
}
