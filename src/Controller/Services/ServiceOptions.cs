namespace Netweir.Controller.Services;

/// <summary>What the operator decides. <paramref name="ExternalIPs"/>: <c>spec.externalIPs</c> are served (upstream: AllowServiceExternalIPs).</summary>
internal sealed record ServiceOptions(bool ExternalIPs = true);
