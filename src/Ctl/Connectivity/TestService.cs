namespace Netweir.Ctl;

/// <summary>A service of a connectivity test. Node ports are 0 where there are none.</summary>
internal sealed record TestService(string Name, IReadOnlyList<string> Addresses, int TcpNodePort, int UdpNodePort);
