using Netweir.Maps;

namespace Netweir.Controller.Services;

/// <summary>A backend's address, port and protocol, and which of its service's lists have it. In none: it only keeps the flows that it has.</summary>
internal readonly record struct DesiredBackend(FrontendKey Key, BackendFlag Lists);
