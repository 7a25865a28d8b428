namespace Netweir.Netlink;

/// <summary>Interface address flags (linux/if_addr.h).</summary>
[Flags]
public enum AddressFlags
{
    None = 0,
    Secondary = 0x01,

    /// <summary>IPv6: usable at once, without duplicate address detection.</summary>
    NoDad = 0x02,
    Optimistic = 0x04,
    DadFailed = 0x08,
    Deprecated = 0x20,
    Tentative = 0x40,
    Permanent = 0x80,

    /// <summary>No route for the prefix is added along with the address.</summary>
    NoPrefixRoute = 0x200,
}
