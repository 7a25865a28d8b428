using Netweir.Kube;

namespace Netweir.Controller.Tests.Services;

/// <summary>Short ways to write objects.</summary>
internal static class Make
{
    public static Service Service(string name, string[] addresses, params ServicePort[] ports) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default" },
        Spec = new ServiceSpec { ClusterIP = addresses.FirstOrDefault(), ClusterIPs = addresses, Ports = ports },
    };

    public static ServicePort Port(int port, string name = "", string protocol = "TCP") => new() { Port = port, Name = name, Protocol = protocol };

    /// <summary>A slice named <c>service-suffix</c> whose only port is 8080.</summary>
    public static EndpointSlice Slice(string service, string suffix, params Endpoint[] endpoints) =>
        Slice(service, suffix, [new EndpointPort { Port = 8080 }], endpoints);

    public static EndpointSlice Slice(string service, string suffix, EndpointPort[] ports, params Endpoint[] endpoints) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = $"{service}-{suffix}",
            Namespace = "default",
            Labels = new Dictionary<string, string> { ["kubernetes.io/service-name"] = service },
        },
        AddressType = endpoints.Length > 0 && endpoints[0].Addresses[0].Contains(':', StringComparison.Ordinal) ? "IPv6" : "IPv4",
        Ports = ports,
        Endpoints = endpoints,
    };

    public static Endpoint Ready(string address) => new() { Addresses = [address] };

    public static Endpoint Terminating(string address) =>
        new() { Addresses = [address], Conditions = new EndpointConditions { Ready = false, Serving = true, Terminating = true } };

    public static Endpoint Gone(string address) =>
        new() { Addresses = [address], Conditions = new EndpointConditions { Ready = false, Serving = false, Terminating = true } };
}
