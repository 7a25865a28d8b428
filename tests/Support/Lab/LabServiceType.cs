namespace Netweir.Support.Lab;

/// <summary>spec.type of a Service.</summary>
public enum LabServiceType
{
    ClusterIP,
    NodePort,
    LoadBalancer,
    ExternalName,
}
