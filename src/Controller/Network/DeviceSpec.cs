namespace Netweir.Controller;

/// <summary>What Netweir's devices should be. <paramref name="Mtu"/> is the largest uplink's, in bytes.</summary>
internal readonly record struct DeviceSpec(int Mtu, bool Overlay, ushort VxlanPort);
