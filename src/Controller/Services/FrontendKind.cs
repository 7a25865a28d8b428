namespace Netweir.Controller.Services;

/// <summary>In the order of precedence, should two want the same frontend: what the cluster allocates goes before what a Service's owner asks for.</summary>
internal enum FrontendKind
{
    /// <summary>Also its mark.</summary>
    ClusterIP = 0,
    NodePort,

    /// <summary>A load balancer's address or an external IP.</summary>
    External,
    HostPort,
}
