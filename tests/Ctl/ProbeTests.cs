using System.Diagnostics;
using System.Text.Json;
using Netweir.Netlink;
using Netweir.Support.Lab;

namespace Netweir.Ctl.Tests;

/// <summary><c>ctl connectivity serve</c> and <c>probe</c> as processes in two network namespaces with a cable between them.</summary>
public sealed class ProbeTests : IDisposable
{
    private const int Port = 8080;
    private static readonly string s_suffix = $"{Environment.ProcessId}-{Environment.TickCount64 % 100000}";
    private readonly NetworkNamespace _client = NetworkNamespace.Create($"nwctl-{s_suffix}-client");
    private readonly NetworkNamespace _server = NetworkNamespace.Create($"nwctl-{s_suffix}-server");
    private readonly Process _serving;

    public ProbeTests()
    {
        Ip(_client, $"link add eth0 type veth peer name eth0 netns nwctl-{s_suffix}-server", "link set lo up", "link set eth0 up",
            "addr add 192.0.2.1/24 dev eth0", "addr add 2001:db8::1/64 dev eth0 nodad");
        Ip(_server, "link set lo up", "link set eth0 up", "addr add 192.0.2.2/24 dev eth0", "addr add 2001:db8::2/64 dev eth0 nodad");
        _serving = Start(_server, "server-1", "192.0.2.2,2001:db8::2", "serve");
        Assert.StartsWith("serving TCP and UDP port 8080 as server-1", _serving.StandardOutput.ReadLine(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _serving.Kill();
        _serving.WaitForExit();
        _serving.Dispose();
        _client.Dispose();
        _server.Dispose();
        NetworkNamespace.Delete($"nwctl-{s_suffix}-client");
        NetworkNamespace.Delete($"nwctl-{s_suffix}-server");
    }

    [Theory]
    [InlineData("192.0.2.2", false)]
    [InlineData("192.0.2.2", true)]
    [InlineData("2001:db8::2", false)]
    [InlineData("2001:db8::2", true)]
    public void Who_answers_is_asked_and_timed(string address, bool udp)
    {
        ProbeResult result = Probe(Check(ProbeKind.Who, address) with { Udp = udp, Hosts = ["server-1"], Clients = [ProbeCheck.Self], Sticky = true });

        Assert.True(result.Ok, result.Came);
        Assert.Equal("answered by server-1", result.Came);
        Assert.InRange(result.P50, 1, result.P99);
    }

    [Fact]
    public void Everything_else_is_measured()
    {
        IReadOnlyList<ProbeResult> results = ProbeAll(
            Check(ProbeKind.Sizes, "192.0.2.2"), Check(ProbeKind.Sizes, "2001:db8::2"), Check(ProbeKind.Bulk, "192.0.2.2"), Check(ProbeKind.Anything, "192.0.2.2"),
            Check(ProbeKind.Refused, "192.0.2.2") with { Port = 81 }, Check(ProbeKind.Refused, "192.0.2.2") with { Port = 81, Udp = true },
            Check(ProbeKind.Refused, "2001:db8::2") with { Port = 81, Udp = true }, Check(ProbeKind.Silent, "192.0.2.99"), Check(ProbeKind.Speed, "192.0.2.2"));

        Assert.All(results, r => Assert.True(r.Ok, r.Came));
        Assert.Equal("'HTTP/1.1 200 OK'", results[3].Came);
        Assert.EndsWith(" Gbit/s", results[^1].Came, StringComparison.Ordinal);
        Assert.NotEqual("0.00 Gbit/s", results[^1].Came);
    }

    [Fact]
    public void What_is_wrong_is_told()
    {
        IReadOnlyList<ProbeResult> results = ProbeAll(
            Check(ProbeKind.Who, "192.0.2.2") with { Hosts = ["server-2"] }, Check(ProbeKind.Who, "192.0.2.2") with { Clients = ["192.0.2.77"] },
            Check(ProbeKind.Who, "192.0.2.2") with { Port = 81 }, Check(ProbeKind.Refused, "192.0.2.2"), Check(ProbeKind.Silent, "192.0.2.2"));

        Assert.All(results, r => Assert.False(r.Ok));
        Assert.Equal(
            [
                "answered by server-1, which is not server-2",
                "server-1 saw 192.0.2.1 as its client, not 192.0.2.77: the source address was translated",
                "refused", "answered by server-1", "answered by server-1",
            ],
            results.Select(r => r.Came));
    }

    [Fact]
    public void Path_mtu_below_the_interface_is_found()
    {
        // What is longer arrives at an interface that does not take it, and nobody says so.
        Ip(_server, "link set eth0 mtu 1400");

        ProbeResult result = Probe(Check(ProbeKind.Sizes, "192.0.2.2"));

        Assert.False(result.Ok);
        Assert.Contains("no answer to those of 1392, 1402, 1422", result.Came, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(51, true, "answered by server-1; 1 lost")]
    [InlineData(20, false, "no answer within 2 s")]
    public void One_lost_datagram_of_many_is_forgiven_and_told(int everyHowMany, bool ok, string came)
    {
        Command.Run(["nft", "-f", "-"], _server, $$"""
            table inet lossy {
                chain input { type filter hook input priority 0; udp dport {{Port}} numgen inc mod {{everyHowMany}} == 10 drop; }
            }
            """).Checked();

        ProbeResult result = Probe(Check(ProbeKind.Who, "192.0.2.2") with { Udp = true });

        Assert.Equal((ok, came), (result.Ok, result.Came));
    }

    [Fact]
    public void Pod_serves_while_it_asks_itself()
    {
        (Process probe, IReadOnlyList<ProbeResult> results) = Run(
            "hairpin", ["probe", "--serve"], [Check(ProbeKind.Who, "192.0.2.1") with { Hosts = ["hairpin"] }]);

        Assert.Equal(0, probe.ExitCode);
        Assert.True(results.Single().Ok, results.Single().Came);
        probe.Dispose();
    }

    private static ProbeCheck Check(ProbeKind kind, string address) => new() { Id = 5, Kind = kind, Address = address, Port = Port };

    private ProbeResult Probe(ProbeCheck check) => ProbeAll(check).Single();

    private IReadOnlyList<ProbeResult> ProbeAll(params ProbeCheck[] checks)
    {
        (Process probe, IReadOnlyList<ProbeResult> results) = Run("client", ["probe"], checks);
        Assert.Equal(0, probe.ExitCode);
        Assert.Equal(checks.Length, results.Count);
        probe.Dispose();
        return results;
    }

    private (Process Ended, IReadOnlyList<ProbeResult> Results) Run(string name, string[] arguments, ProbeCheck[] checks)
    {
        Process probe = Start(_client, name, "192.0.2.1,2001:db8::1", [.. arguments, JsonSerializer.Serialize(checks, ProbeJson.Default.IReadOnlyListProbeCheck)]);
        string output = probe.StandardOutput.ReadToEnd();
        probe.WaitForExit();
        return (probe, [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonSerializer.Deserialize(l, ProbeJson.Default.ProbeResult)!)]);
    }

    private static Process Start(NetworkNamespace ns, string name, string addresses, params string[] arguments)
    {
        var info = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (string word in (string[])[typeof(CtlCommand).Assembly.Location, "connectivity", .. arguments])
        {
            info.ArgumentList.Add(word);
        }

        info.Environment[ConnectivityPod.NameVariable] = name;
        info.Environment[ConnectivityPod.AddressesVariable] = addresses;
        // A child has the network namespace of the thread that forks it.
        return ns.Run(() => Process.Start(info)!);
    }

    private static void Ip(NetworkNamespace ns, params string[] lines) => Command.Run(["ip", "-batch", "-"], ns, string.Join('\n', lines) + '\n').Checked();
}
