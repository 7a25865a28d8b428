using Netweir.Kube;
using Netweir.Maps;
using ServiceNames = Netweir.Maps.Service;

namespace Netweir.Controller.Services;

/// <summary>Between the maps' structs and what they mean here.</summary>
internal static class Layouts
{
    public static Backend Backend(DesiredBackend backend, uint service, uint generation) => new()
    {
        Address = backend.Key.Address,
        Port = backend.Key.Port,
        Protocol = backend.Key.Protocol,
        Service = service,
        Generation = generation,
        Flags = (uint)backend.Lists,
    };

    public static FrontendKey KeyOf(Backend backend) => new() { Address = backend.Address, Port = backend.Port, Protocol = backend.Protocol };

    public static Frontend Frontend(DesiredFrontend frontend, uint service, SlotList inside, SlotList outside) => new()
    {
        Service = service,
        Flags = (uint)frontend.Flags,
        Inside = inside,
        Outside = outside,
        AffinityTimeout = frontend.AffinityTimeout,
    };

    public static IEnumerable<SlotList> Lists(Frontend frontend) => [frontend.Inside, frontend.Outside];

    public static ServiceNames Names(DesiredPort port) => new()
    {
        Namespace = Name(port.Key.Service.Namespace),
        Name = Name(port.Key.Service.Name),
        PortName = Name(port.Key.PortName),
        Port = Be16.From(port.Port),
        Protocol = port.Key.Protocol,
    };

    private static FixedString64 Name(string text) => FixedString64.From(NameText.Fit(text, 63));

    public static ServicePortKey KeyOf(ServiceNames names) =>
        new(new ObjectKey(names.Namespace.ToString(), names.Name.ToString()), names.PortName.ToString(), names.Protocol);
}
