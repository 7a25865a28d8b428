namespace Netweir.Netlink;

/// <summary>A clsact hook of a device, as the device sees it. The values are the parents that the kernel uses (TC_H_MAKE of TC_H_CLSACT).</summary>
public enum TcDirection : uint
{
    /// <summary>What the device receives.</summary>
    Ingress = 0xfffffff2,

    /// <summary>What the device sends.</summary>
    Egress = 0xfffffff3,
}
