namespace Netweir.Support.Lab;

/// <summary>A port that services and their slices have, by its name in both.</summary>
internal sealed record LabPort(string Name, string Protocol, bool IsMirror)
{
    public static IReadOnlyList<LabPort> All { get; } = [new("tcp", "TCP", false), new("udp", "UDP", false), new("mirror", "TCP", true)];
}
