using Netweir.Kube;
using Netweir.Maps;
using ServiceNames = Netweir.Maps.Service;

namespace Netweir.Controller.Services;

/// <summary>Between the maps' structs and what they mean here.</summary>
internal static class Layouts
{
    public const uint DropWhenEmpty = (uint)FrontendFlag.DropWhenEmpty;

    public static Backend Backend(FrontendKey key, uint service, uint generation) => new()
    {
        Address = key.Address,
        Port = key.Port,
        Protocol = key.Protocol,
        Service = service,
        Generation = generation,
    };

    public static FrontendKey KeyOf(Backend backend) => new() { Address = backend.Address, Port = backend.Port, Protocol = backend.Protocol };

    public static Frontend Frontend(uint service, uint slotBase, uint slotCount, uint flags) =>
        new() { Service = service, SlotBase = slotBase, SlotCount = slotCount, Flags = flags };

    /// <exception cref="ArgumentException">A name is longer than Kubernetes allows.</exception>
    public static ServiceNames Names(DesiredPort port) => new()
    {
        Namespace = FixedString64.From(port.Key.Service.Namespace),
        Name = FixedString64.From(port.Key.Service.Name),
        PortName = FixedString64.From(port.Key.PortName),
        Port = Be16.From(port.Port),
        Protocol = port.Key.Protocol,
    };

    public static ServicePortKey KeyOf(ServiceNames names) =>
        new(new ObjectKey(names.Namespace.ToString(), names.Name.ToString()), names.PortName.ToString(), names.Protocol);
}
