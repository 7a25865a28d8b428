namespace Netweir.Datapath.Tests.Harness;

/// <summary>Interfaces of the lab, by index.</summary>
internal enum Device
{
    Loopback = 1,
    Uplink = 10,
    Host = 11,
    Net = 12,
    Overlay = 13,
    Pod1 = 21,
    Pod2 = 22,
    Pod3 = 23,
}
