using System.Buffers.Binary;
using System.Globalization;
using Netweir.Loader;

namespace Netweir.Datapath.Tests.Harness;

/// <summary>What a hook did with one packet: where it sent it (told by the verdict and the link-layer addresses) and what it made of it.</summary>
internal sealed class Outcome(TestNode node, Packet input, TestRunResult raw, IReadOnlyDictionary<(DropReason Reason, Hook Hook), ulong> drops)
{
    public const int Ok = 0;
    public const int Shot = 2;
    public const int Redirect = 7;
    private readonly byte[] _bytes = raw.Packet.ToArray();

    public int Verdict => (int)raw.ReturnValue;

    /// <summary>The packet as it leaves; its checksums are verified here.</summary>
    public Packet Packet => Packet.Parse(OnTheWire(_bytes));

    public Packet Input => input;

    public byte[] Bytes => _bytes;

    /// <summary>Redirected to this pod, whose interface it is addressed to.</summary>
    public Packet ToPod(Device pod)
    {
        Verify(Redirect);
        NotDropped();
        AssertMacs(TestNode.GatewayMac(pod), TestNode.PodMac(pod));
        return Packet;
    }

    /// <summary>Redirected to the host stack by way of nw_host.</summary>
    public Packet ToHost()
    {
        Verify(Redirect);
        NotDropped();
        AssertMacs(TestNode.NetMac, TestNode.HostMac);
        return Packet;
    }

    /// <summary>Redirected to a neighbour: the kernel fills in the link-layer addresses later, so here they are still the input's.</summary>
    public Packet ToWire()
    {
        Verify(Redirect);
        NotDropped();
        Assert.Equal(input.Ethernet!.Destination, Packet.Ethernet!.Destination);
        Assert.Equal(input.Ethernet!.Source, Packet.Ethernet!.Source);
        return Packet;
    }

    /// <summary>Left to the host stack.</summary>
    public Packet ToStack()
    {
        Verify(Ok);
        NotDropped();
        return Packet;
    }

    /// <summary>Dropped silently, for this reason.</summary>
    public void Dropped(DropReason reason)
    {
        Verify(Shot);
        Counted(reason);
    }

    /// <summary>Dropped for this reason, and answered to its sender.</summary>
    public Packet Answered(DropReason reason)
    {
        Verify(Redirect);
        Counted(reason);
        AssertMacs(input.Ethernet!.Destination, input.Ethernet!.Source);
        return Packet;
    }

    /// <summary>The packet is still what it was.</summary>
    public Outcome Unchanged()
    {
        Assert.Equal(Convert.ToHexStringLower(input.Serialize()), Convert.ToHexStringLower(_bytes));
        return this;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"verdict {Verdict}, drops [{string.Join(", ", drops.Select(d => $"{d.Key.Hook}/{d.Key.Reason}"))}]\n  in  {input}\n  out {Shown()}");

    /// <summary>bpf_redirect_neigh() replaces the link-layer header: it gets the type of what follows it then.</summary>
    private static byte[] OnTheWire(byte[] frame)
    {
        var copy = (byte[])frame.Clone();
        if (copy.Length > EthernetHeader.Size && BinaryPrimitives.ReadUInt16BigEndian(copy.AsSpan(12)) == EthernetHeader.TypeIPv6 && copy[14] >> 4 == 4)
        {
            BinaryPrimitives.WriteUInt16BigEndian(copy.AsSpan(12), EthernetHeader.TypeIPv4);
        }
        return copy;
    }

    private string Shown()
    {
        try
        {
            return Packet.ToString();
        }
        catch (PacketFormatException e)
        {
            return $"{Convert.ToHexStringLower(_bytes)} ({e.Message})";
        }
    }

    private void Verify(int verdict) => Assert.True(verdict == Verdict, $"verdict {Verdict}, should be {verdict} on {node.Name}: {this}");

    private void NotDropped() => Assert.True(drops.Count == 0, $"counted as dropped on {node.Name}: {this}");

    private void Counted(DropReason reason) => Assert.True(
        drops.Count == 1 && drops.First() is { Value: 1 } drop && drop.Key.Reason == reason,
        $"should be counted once as {reason} on {node.Name}: {this}");

    private void AssertMacs(EthernetAddress source, EthernetAddress destination) => Assert.True(
        Packet.Ethernet!.Source == source && Packet.Ethernet.Destination == destination,
        $"link-layer addresses should be {source} > {destination} on {node.Name}: {this}");
}
