namespace Netweir.Controller;

/// <summary>Indices of Netweir's devices. <paramref name="Overlay"/> is 0 when no peer may be reached by VXLAN.</summary>
internal readonly record struct Devices(int Host, int Net, int Overlay);
