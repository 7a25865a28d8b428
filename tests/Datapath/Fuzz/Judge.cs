using System.Net;
using Netweir.Loader;

namespace Netweir.Datapath.Tests.Fuzz;

/// <summary>Runs one node's hooks and says what must hold of every outcome, whatever the packet was.</summary>
internal sealed class Judge(FuzzNode node)
{
    private const int VxlanOverhead = 50;
    private readonly ClusterAddresses _addresses = new();

    /// <summary>Who answered a SYN of the world's, and to whom: such connections keep the pod's address. Without ports, which later fragments do not tell.</summary>
    private readonly HashSet<(IPAddress? Pod, IPAddress? Client)> _answers = [];
    private ulong _drops = node.Node.Datapath.TotalDrops();

    public FuzzNode Node => node;

    public void Run(FuzzInput input)
    {
        var parsed = TryParse(input.Frame, verify: false);
        var tuple = parsed is { Ip: not null, L4: not null } ? TestNode.TupleOf(parsed) : (FlowTuple?)null;
        var known = tuple is { } before && node.Node.Conntrack.Find(before) is not null;
        var result = node.Node.Datapath.RunHere(input.Hook, input.Frame, input.Device, input.GsoSize);
        var drops = node.Node.Datapath.TotalDrops();
        var outcome = new FuzzOutcome(input, result, drops - _drops, TryParse(input.Frame, verify: true));
        _drops = drops;
        Counted(outcome);
        Source(outcome);
        Answer(outcome);
        Length(outcome);
        Checksums(outcome);
        World(outcome);
        if (tuple is { } flow)
        {
            Require(outcome, known || !CannotStart(input.Frame) || node.Node.Conntrack.Find(flow) is null, "left a conntrack entry, and can begin no flow");
        }
    }

    /// <summary>Every entry has its other direction. Forgets all when there are more than <paramref name="kept"/>.</summary>
    public void CheckConntrack(int kept)
    {
        var conntrack = node.Node.Conntrack;
        var entries = conntrack.Entries().ToDictionary(e => e.Key, e => e.Value);
        foreach (var (key, entry) in entries)
        {
            var whole = entries.TryGetValue(Reverse(entry.Target), out var other) && other.Target == Reverse(key);
            Assert.True(whole, $"conntrack of the node with {node.Name} has {key} -> {entry} without its other direction");
        }
        if (entries.Count > kept)
        {
            foreach (var key in entries.Keys)
            {
                conntrack.Remove(key);
            }
            _answers.Clear();
        }
    }

    private void Counted(FuzzOutcome outcome)
    {
        Require(outcome, outcome.Verdict is Outcome.Ok or Outcome.Shot or Outcome.Redirect, "is no verdict of a hook");
        Require(outcome, outcome.Verdict != Outcome.Shot || outcome.Drops == 1, "was dropped and not counted once");
        Require(outcome, outcome.Verdict != Outcome.Ok || outcome.Drops == 0, "was passed and counted as dropped");
        Require(outcome, outcome.Drops <= 1, "was counted more than once");
    }

    /// <summary>A pod speaks as itself only: to others, to the stack, and to be answered.</summary>
    private void Source(FuzzOutcome outcome)
    {
        if (outcome.Input.Hook == Hook.FromPod && outcome.Verdict != Outcome.Shot)
        {
            var source = new FrameView(outcome.Input.Frame).Source;
            Require(outcome, source is not null && _addresses.IsOf(outcome.Input.Device, source), "is not the pod's own and was not dropped");
        }
    }

    /// <summary>RFC 1122, 3.2.2 and 4.2.2; RFC 4443, 2.4.</summary>
    private void Answer(FuzzOutcome outcome)
    {
        if (!outcome.IsAnswer)
        {
            return;
        }
        var view = new FrameView(outcome.Input.Frame);
        Require(outcome, !view.TcpFlags.HasFlag(TcpFlags.Rst), "is a reset and was answered");
        Require(outcome, !view.IsIcmpError, "is an ICMP error and was answered");
        Require(outcome, view.FragmentOffset == 0, "is a later fragment and was answered");
        Require(outcome, (outcome.Input.Frame[0] & 1) == 0, "came to many hosts and was answered");
        // A tunnel's packet is judged by what it holds.
        if (outcome.Whole is { Inner: null, Ip: { } ip } && TryParse(outcome.OnTheWire, verify: true) is { } answer)
        {
            Require(outcome, FrameView.IsOneHost(ip.Source) && FrameView.IsOneHost(ip.Destination), "is from or to no single host and was answered");
            Require(outcome, answer.Ip!.Destination.Equals(ip.Source), "was answered to somebody else than its sender");
            Require(outcome, answer.L4 is TcpHeader { Flags: var f } ? f.HasFlag(TcpFlags.Rst) : answer.L4 is IcmpHeader { IsError: true }, "was answered by neither reset nor ICMP error");
        }
    }

    private void Length(FuzzOutcome outcome)
    {
        if (outcome.Verdict == Outcome.Shot || outcome.IsAnswer)
        {
            return;
        }
        var grown = outcome.OnTheWire.Length - outcome.Input.Frame.Length;
        var packed = grown == VxlanOverhead && node.EncapsulatesInBpf && new FrameView(outcome.OnTheWire).IsTunnelledBy(_addresses.NodeA);
        var unpacked = grown == -VxlanOverhead && node.UnpacksInBpf && outcome.Input.Hook == Hook.FromNetdev;
        Require(outcome, grown == 0 || packed || unpacked, $"became {grown} bytes longer");
    }

    /// <summary>What came whole and with right checksums leaves so.</summary>
    private void Checksums(FuzzOutcome outcome)
    {
        // Of a tunnel's packet that is spoilt by no more than its VXLAN header, nobody looked at what is inside.
        var unread = outcome.Whole?.Inner is null && outcome.OnTheWire.Length < outcome.Input.Frame.Length && !outcome.IsAnswer;
        if (outcome.Verdict == Outcome.Shot || outcome.Whole is null || unread)
        {
            return;
        }
        try
        {
            Packet.Parse(outcome.OnTheWire);
        }
        catch (PacketFormatException e)
        {
            // An answer may quote no more than the beginning of a chain of extension headers.
            Require(outcome, outcome.IsAnswer && e.InnerException is PacketFormatException, $"came out broken: {e.Message}");
        }
    }

    private void World(FuzzOutcome outcome)
    {
        var view = new FrameView(outcome.Input.Frame);
        if ((view.TcpFlags & (TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Rst)) == (TcpFlags.Syn | TcpFlags.Ack))
        {
            _answers.Add((view.Source, view.Destination));
        }
        if (outcome.Input.Hook is not (Hook.FromPod or Hook.ToNetdev) || outcome.Verdict == Outcome.Shot || outcome.IsAnswer)
        {
            return;
        }
        // Leaves by an uplink: what from_pod redirects to a neighbour keeps its link-layer addresses until the kernel sends it; what the host stack
        // sends passes to_netdev, but nothing broken among it: from_pod took no such thing from a pod.
        var leaves = outcome.Input.Hook == Hook.ToNetdev
            ? outcome.Whole?.Ip is IPv4Header { Fragment: null } || (outcome.Whole?.Ip is IPv6Header six && six.Extensions.Count == 0)
            : outcome.Verdict == Outcome.Redirect && outcome.KeepsMacs;
        if (!leaves || view.IsIcmpError || _answers.Contains((view.Source, view.Destination)) || TryParse(outcome.OnTheWire, verify: false) is not { Vxlan: null, Ip: { } ip })
        {
            return;
        }
        Require(outcome, !_addresses.IsWorld(ip.Destination) || !_addresses.IsPod(ip.Source), "left to the world with a pod's source");
    }

    private static bool CannotStart(byte[] frame)
    {
        var view = new FrameView(frame);
        return view.IsIcmpError || view.TcpFlags.HasFlag(TcpFlags.Rst);
    }

    private static FlowTuple Reverse(FlowTuple tuple) => new()
    {
        Saddr = tuple.Daddr,
        Daddr = tuple.Saddr,
        Sport = tuple.Dport,
        Dport = tuple.Sport,
        Protocol = tuple.Protocol,
    };

    private static Packet? TryParse(ReadOnlySpan<byte> frame, bool verify)
    {
        try
        {
            return Packet.Parse(frame, verify);
        }
        catch (PacketFormatException)
        {
            return null;
        }
    }

    private void Require(FuzzOutcome outcome, bool holds, string what)
    {
        if (!holds)
        {
            var entry = TryParse(outcome.Input.Frame, verify: false) is { Ip: not null, L4: not null } packet ? node.Node.EntryOf(packet) : null;
            Assert.Fail($"on the node with {node.Name} this {what}\n  {outcome}\n  entry {entry}");
        }
    }
}
