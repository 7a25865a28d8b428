using Netweir.Kube;

namespace Netweir.Controller.Services;

/// <summary>
/// Identity of a Service port, that is of a service: it keeps its id, and its backends their places, for as long as this stays the same.
/// As upstream's ServicePortName: the port's name, not its number, so that flows outlive a change of the number. Both families share it.
/// <paramref name="Protocol"/> is an IPPROTO_* number.
/// </summary>
internal readonly record struct ServicePortKey(ObjectKey Service, string PortName, byte Protocol)
{
    public override string ToString() => $"{Service}:{PortName}/{Protocols.Name(Protocol)}";
}
