using Netweir.NodeState;
using Netweir.Support.Lab;

namespace Netweir.Controller.Tests;

/// <summary>What an agent writes down of what it makes.</summary>
public sealed class AgentLedgerTests : IDisposable
{
    private readonly AgentProcess _agent = new();

    public void Dispose() => _agent.Dispose();

    [Fact]
    public void Everything_is_in_it_once()
    {
        _agent.Ready();
        _agent.Stop();
        var entries = Read();

        Assert.Contains(entries, e => e is { Kind: LedgerKind.Directory } && e.Name == _agent.StateDir);
        Assert.Contains(entries, e => e is { Kind: LedgerKind.Directory } && e.Name == _agent.RunDir);
        Assert.Contains(entries, e => e is { Kind: LedgerKind.Directory } && e.Name == Path.GetDirectoryName(_agent.Conflist));
        Assert.Contains(entries, e => e is { Kind: LedgerKind.CniConfig } && e.Name == _agent.Conflist);
        Assert.Contains(entries, e => e is { Kind: LedgerKind.BpfRoot } && e.Name == _agent.Root);
        Assert.Contains(entries, e => e is { Kind: LedgerKind.Device, Name: "nw_host", Detail: "veth" });
        Assert.Contains(entries, e => e is { Kind: LedgerKind.Device, Name: "nw_overlay", Detail: "vxlan" });
        Assert.Contains(entries, e => e is { Kind: LedgerKind.Routes, Name: "254" });
        Assert.Contains(entries, e => e is { Kind: LedgerKind.Sysctl, Name: "net/ipv4/ip_forward", Before: "0", Detail: "1" });
        // Settings of its own devices go with these.
        Assert.DoesNotContain(entries, e => e.Name.Contains("nw_host/", StringComparison.Ordinal));
        Assert.DoesNotContain(entries, e => e.Kind is LedgerKind.Mount or LedgerKind.Qdisc or LedgerKind.Firewall or LedgerKind.Rules);

        var size = new FileInfo(Ledger.FilePath).Length;
        _agent.Start();
        _agent.WaitReady();
        _agent.Stop();
        Assert.Equal(size, new FileInfo(Ledger.FilePath).Length);
    }

    [Fact]
    public void A_full_disk_is_told_of_stops_nothing_and_is_made_up_for()
    {
        Directory.CreateDirectory(_agent.StateDir);
        Command.Run(["mount", "-t", "tmpfs", "-o", "size=4k,nr_inodes=64", "tmpfs", _agent.StateDir]).Checked();
        try
        {
            var filler = Path.Combine(_agent.StateDir, "filler");
            File.WriteAllBytes(filler, new byte[4096]);
            _agent.Ready();
            _agent.WaitFor(() => _agent.Get("/readyz").Contains($"[!] {Ledger.FilePath} cannot be written: No space left on device", StringComparison.Ordinal), 10, "telling of the full disk");
            Assert.Contains("will not be undone by 'ctl uninstall'", _agent.Get("/readyz"), StringComparison.Ordinal);
            Assert.Empty(Read());

            File.Delete(filler);
            Command.Run(["mount", "-o", "remount,size=1m", _agent.StateDir]).Checked();
            _agent.Node.Netlink.Links.Delete("nw_host");
            _agent.WaitFor(() => !_agent.Get("/readyz").Contains("cannot be written", StringComparison.Ordinal), 10, "content again");
            // What was before Netweir is remembered, though it is long gone.
            Assert.Contains(Read(), e => e is { Kind: LedgerKind.Sysctl, Name: "net/ipv4/ip_forward", Before: "0", Detail: "1" });
            Assert.Contains(Read(), e => e is { Kind: LedgerKind.CniConfig });
        }
        finally
        {
            _agent.Kill();
            Command.Run(["umount", _agent.StateDir]).Checked();
        }
    }

    private Ledger Ledger => new(_agent.StateDir);

    private IReadOnlyList<LedgerEntry> Read() => Ledger.Read();
}
