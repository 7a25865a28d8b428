namespace Netweir.Cni;

/// <summary>Error codes of the CNI specification 1.1.0 ("Error"), and this plugin's own from 100.</summary>
internal enum CniErrorCode
{
    IncompatibleVersion = 1,
    UnsupportedField = 2,

    /// <summary>The runtime need not clean up.</summary>
    ContainerUnknown = 3,
    InvalidEnvironment = 4,
    IoFailure = 5,
    DecodeFailure = 6,
    InvalidNetworkConfig = 7,
    TryAgainLater = 11,
    NotAvailable = 50,

    /// <summary>As 50, and pods that run may have limited connectivity.</summary>
    NotAvailableLimitedConnectivity = 51,
    AddressesExhausted = 100,

    /// <summary>The kernel refused something; the message says what.</summary>
    KernelRefused = 101,

    /// <summary>CHECK found the pod's networking not as it was made.</summary>
    CheckFailed = 102,
    AlreadyAttached = 103,

    /// <summary>GC went through everything, and some things could not be removed.</summary>
    GcIncomplete = 104,

    /// <summary>A defect of this plugin.</summary>
    Internal = 199,
}
