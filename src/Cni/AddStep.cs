namespace Netweir.Cni;

/// <summary>The steps of ADD, in order. Each is complete when it is announced.</summary>
internal enum AddStep
{
    /// <summary>Addresses are allocated and the record is written.</summary>
    Recorded,
    InterfaceCreated,
    HostConfigured,
    PodConfigured,
    FiltersAttached,
    EndpointMapped,
    Ready,
}
