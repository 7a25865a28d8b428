namespace Netweir.NodeState;

/// <summary>What a finding means for Netweir on this node.</summary>
public enum Severity
{
    /// <summary>Good to know.</summary>
    Info,

    /// <summary>Netweir works, but something does not as one would expect.</summary>
    Warning,

    /// <summary>Netweir does not work until it is remedied.</summary>
    Error,
}
