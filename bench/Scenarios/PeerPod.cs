using System.Net;
using Netweir.Support.Lab;

namespace Netweir.Bench.Scenarios;

/// <summary>A pod that another plugin's way of wiring connected.</summary>
/// <param name="Node">Where it is.</param>
/// <param name="Namespace">Path of its network namespace.</param>
/// <param name="Address">Its only one.</param>
public sealed record PeerPod(LabNode Node, string Namespace, IPAddress Address);
