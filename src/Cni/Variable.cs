namespace Netweir.Cni;

/// <summary>The environment variables of the CNI protocol.</summary>
internal static class Variable
{
    public const string Command = "CNI_COMMAND";
    public const string ContainerId = "CNI_CONTAINERID";
    public const string NetworkNamespace = "CNI_NETNS";
    public const string InterfaceName = "CNI_IFNAME";
    public const string Arguments = "CNI_ARGS";
}
