using System.Text.Json;

namespace Netweir.Controller;

/// <summary>Writes node.json for the CNI plugin only when it says something new.</summary>
internal static class NodeFile
{
    public static bool Write(string runDir, Endpoints.NodeFacts facts)
    {
        if (Read(runDir) is { } there && there.NodeName == facts.NodeName && there.Mtu == facts.Mtu && there.OffloadSize == facts.OffloadSize && there.PodCidrs.SequenceEqual(facts.PodCidrs)
            && there.GatewayIPv4.Equals(facts.GatewayIPv4) && there.GatewayIPv6.Equals(facts.GatewayIPv6))
        {
            return false;
        }
        facts.Write(runDir);
        return true;
    }

    private static Endpoints.NodeFacts? Read(string runDir)
    {
        try
        {
            return Endpoints.NodeFacts.Read(runDir);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or JsonException)
        {
            return null;
        }
    }
}
