namespace Netweir.Controller;

/// <summary>What must hold for a node to be ready, in start-up order.</summary>
internal static class ConditionNames
{
    public const string Api = "api";
    public const string Node = "node";
    public const string ServiceRanges = "service-ranges";
    public const string Uplinks = "uplinks";
    public const string Devices = "devices";
    public const string Sysctls = "sysctls";
    public const string Programs = "programs";
    public const string Attachments = "attachments";
    public const string Maps = "maps";
    public const string Routes = "routes";
    public const string Services = "services";
    public const string HostPorts = "host-ports";
    public const string Conntrack = "conntrack";
    public const string Cni = "cni";

    /// <summary>Declares all, none met.</summary>
    public static void Declare(Conditions conditions)
    {
        conditions.Declare(Api, "waiting for the first list of every resource");
        foreach (var name in (string[])[Node, ServiceRanges, Uplinks, Devices, Sysctls, Programs, Attachments, Maps, Routes, Services, HostPorts, Conntrack, Cni])
        {
            conditions.Declare(name, "waiting for what is above");
        }
    }
}
