using System.Text.Json;
using Netweir.Endpoints;

namespace Netweir.Cni;

/// <summary>Values for the capabilities that the configuration declares.</summary>
internal sealed record RuntimeConfig
{
    public IReadOnlyList<PortMapping?>? PortMappings { get; set; }

    /// <summary>Not supported.</summary>
    public JsonElement Ips { get; set; }

    /// <summary>Not supported.</summary>
    public JsonElement Mac { get; set; }
}
