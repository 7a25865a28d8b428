using System.Net;

namespace Netweir.Controller;

/// <summary>The kernel's route to an address: the device, its MTU in bytes, and the gateway (null: a neighbour on that device).</summary>
internal readonly record struct PathAnswer(int Ifindex, int Mtu, IPAddress? Gateway);
