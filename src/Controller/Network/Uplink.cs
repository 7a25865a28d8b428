using System.Net;

namespace Netweir.Controller;

/// <summary>
/// A device that the world is reached over. The addresses are what pods are masqueraded as there; null: none of this family.
/// <paramref name="Mtu"/> in bytes.
/// </summary>
internal sealed record Uplink(int Ifindex, string Name, int Mtu, IPAddress? IPv4, IPAddress? IPv6);
