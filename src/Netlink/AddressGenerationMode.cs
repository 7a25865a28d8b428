namespace Netweir.Netlink;

/// <summary>How an interface gets its IPv6 link-local address (IN6_ADDR_GEN_MODE_*).</summary>
public enum AddressGenerationMode : byte
{
    Eui64 = 0,

    /// <summary>No link-local address is generated.</summary>
    None = 1,
    StablePrivacy = 2,
    Random = 3,
}
