using System.Net;

namespace Netweir.Support.Lab;

/// <summary>A hostPort of a pod: the runtime hands it to the CNI plugin as a port mapping.</summary>
/// <param name="Port">Of the node.</param>
/// <param name="Protocol">TCP, UDP or SCTP.</param>
/// <param name="HostIP">Null: every address of the node.</param>
/// <param name="ContainerPort">Of the pod; its echo server's unless said otherwise.</param>
public sealed record LabHostPort(int Port, string Protocol, IPAddress? HostIP = null, int ContainerPort = LabPod.Port);
