namespace Netweir.Bench;

/// <summary>How large a cluster is: backends are spread evenly over services, and over nodes.</summary>
internal sealed record FleetSize(int Services, int Backends, int Nodes)
{
    public int BackendsPerService => Backends / Services;

    public override string ToString() => $"{Thousands(Services)} services, {Thousands(Backends)} backends, {Thousands(Nodes)} nodes";

    private static string Thousands(int number) => number % 1000 == 0 && number > 0 ? $"{number / 1000}k" : $"{number}";
}
