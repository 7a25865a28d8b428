namespace Netweir.Datapath.Tests.Harness;

/// <summary>Theory data.</summary>
public static class Ways
{
    public static TheoryData<Family> Families => new(Family.IPv4, Family.IPv6);

    public static TheoryData<Family, IpcacheRouting> All => new()
    {
        { Family.IPv4, IpcacheRouting.Direct },
        { Family.IPv4, IpcacheRouting.Vxlan },
        { Family.IPv6, IpcacheRouting.Direct },
        { Family.IPv6, IpcacheRouting.Vxlan },
        { Family.IPv4, IpcacheRouting.VxlanToNeighbour },
        { Family.IPv6, IpcacheRouting.VxlanToNeighbour },
    };
}
