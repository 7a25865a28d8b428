using System.Net;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>Who asks, and whom, by family.</summary>
internal sealed record TrafficPath(string Name, LabHost From, Func<bool, IPEndPoint> To);
