using Netweir.Support.Lab;

namespace Netweir.Demo;

/// <summary>The demo's chapters, in order.</summary>
internal sealed class Tour
{
    private readonly Report _report;
    private readonly LabCluster _lab;
    private LabPod _a1 = null!;
    private LabPod _a2 = null!;
    private LabPod _b1 = null!;
    private LabPod _b2 = null!;
    private LabService _echo = null!;

    private Tour(LabCluster lab, Report report)
    {
        _lab = lab;
        _report = report;
    }

    private LabNode NodeA => _lab.Nodes[0];

    /// <summary>Returns the process's exit code.</summary>
    public static async Task<int> RunAsync(bool keep)
    {
        var report = new Report();
        report.Section("Two nodes, two agents");
        var lab = await Report.StepAsync(
            "a LAN, an API server, two nodes, a world outside; both agents have loaded their datapath and are ready",
            () => LabCluster.CreateAsync(new LabOptions { Routing = "direct" }));
        await using (lab)
        {
            var tour = new Tour(lab, report);
            await tour.WalkAsync();
            report.Close();
            if (keep)
            {
                tour.ShowWhatToTry();
                // Until a signal: the lab removes itself then.
                await Task.Delay(Timeout.Infinite);
            }

            return report.Failed ? 1 : 0;
        }
    }

    private async Task WalkAsync()
    {
        await BringUpAsync();
        var traffic = new TrafficChecks(_report, _lab, _a1, _a2, _b1, _echo);
        _report.Section("Pods reach pods, with their own addresses, nodes next to one another (direct routing)");
        await traffic.PodsReachPodsAsync();
        _report.Section("Services, with no kube-proxy");
        await traffic.ServicesAsync();
        _report.Section("The world sees the node's address");
        await traffic.WorldAsync();
        _report.Section("Under constant load");
        var load = new LoadChecks(_report, _lab, _a1, _echo, [_a2, _b1, _b2]);
        await load.BackendsChangeAsync();
        await load.AgentsDieAsync();
        _report.Section("The same cluster over VXLAN: agents restarted, pods untouched");
        await Report.StepAsync("both agents stopped and started with --routing vxlan", () => _lab.RestartAgentsAsync("vxlan"));
        await traffic.PodsReachPodsAsync();
        await traffic.ServicesAsync();
        ShowMaps();
    }

    private async Task BringUpAsync()
    {
        Report.Show($"the API: {_lab.Api.Description}; the agents: {string.Join(' ', _lab.Programs.Agent)}");
        _report.Section("Pods, connected by netweir-cni as containerd would");
        _a1 = await AddPodAsync(_lab.Nodes[0], "a1");
        _a2 = await AddPodAsync(_lab.Nodes[0], "a2");
        _b1 = await AddPodAsync(_lab.Nodes[1], "b1");
        _b2 = await AddPodAsync(_lab.Nodes[1], "b2");
        _echo = await Report.StepAsync("service echo with backends a2, b1 and b2 is in force on both nodes", async () =>
        {
            var service = _lab.AddService("echo", _a2, _b1, _b2);
            await _lab.AwaitServiceAsync(service, LabCluster.AnsweredAsync);
            return service;
        });
    }

    private Task<LabPod> AddPodAsync(LabNode node, string name) =>
        Report.StepAsync($"pod {name} on {node.Name}", () => _lab.AddPodAsync(node, name, ("app", "echo")));

    private void ShowMaps()
    {
        _report.Section($"What the kernel of {NodeA.Name} knows: ctl maps dump");
        Report.Show(NodeA.Ctl("maps", "dump", "frontends", "backends", "endpoints", "ipcache").Checked().Output);
        _report.Section("ctl status");
        Report.Show(NodeA.Ctl("status").Output);
    }

    private void ShowWhatToTry()
    {
        var ctl = string.Join(' ', NodeA.CtlCommand());
        Console.WriteLine($"""

            The cluster stays up until Ctrl-C. In another terminal:
              nsenter --net={_a1.Namespace.Path} curl -s http://{_echo.EndPoint(ipv6: false)}/hostname    # pod -> service
              nsenter --net={_a1.Namespace.Path} curl -s 'http://{_echo.EndPoint(ipv6: true)}/clientip'    # which address the server sees
              nsenter --net={NodeA.Namespace.Path} curl -s http://{_b1.EndPoint(ipv6: false)}/clientip    # host -> pod of the other node
              nsenter --net={NodeA.Namespace.Path} {ctl} maps dump conntrack
              nsenter --net={NodeA.Namespace.Path} {ctl} status
              nsenter --net={NodeA.Namespace.Path} curl -s http://127.0.0.1:{LabNode.HealthPort}/metrics
              kill -9 {NodeA.AgentProcessId}    # the agent of {NodeA.Name}: traffic goes on
              less {NodeA.AgentLog}
            """);
    }
}
