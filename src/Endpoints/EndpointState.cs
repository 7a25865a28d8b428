namespace Netweir.Endpoints;

/// <summary>How far an ADD has come.</summary>
public enum EndpointState
{
    /// <summary>Addresses are allocated; the interface may be there in part. An ADD that crashed stays here until DEL or GC.</summary>
    Creating,

    /// <summary>The pod is connected.</summary>
    Ready,
}
