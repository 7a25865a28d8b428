using System.Globalization;
using Netweir.Controller;
using Netweir.Maps;

namespace Netweir.Kernels;

/// <summary>Every configuration is loaded, the first one attached, and packets are run in each.</summary>
internal sealed class Checks(KernelNode node)
{
    private string _step = "loads";

    /// <summary>
    /// Tells each step in a line that tools/kernels.py understands: <c>step NAME: ok (DETAIL)</c> or <c>step NAME: failed</c>. False when one failed.
    /// </summary>
    public bool Run()
    {
        Console.WriteLine($"kernel {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}");
        Console.WriteLine($"features: {node.Features}");
        try
        {
            var (loaded, attached, packets) = RunAll();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"step loads: ok ({HookNames.All.Count} programs in {loaded} configurations)"));
            Console.WriteLine($"step attaches: ok ({attached})");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"step runs: ok ({packets} packets)"));
            return true;
        }
#pragma warning disable CA1031 // Whatever it was: it is the step's result.
        catch (Exception e)
        {
            Console.WriteLine($"step {_step}: failed");
            Console.WriteLine(e);
            return false;
        }
#pragma warning restore CA1031
    }

    private (int Loaded, string Attached, int Packets) RunAll()
    {
        var (loaded, packets, attached) = (0, 0, "");
        foreach (var configuration in Configuration.All(node.Options, node.Devices, node.Features).DistinctBy(c => c.Config))
        {
            Console.WriteLine($"  {configuration.Name}");
            _step = "loads";
            using var programs = node.Load(configuration.Config);
            using var maps = NetweirMaps.OpenPinned(node.Options.BpfRoot);
            if (loaded++ == 0)
            {
                _step = "attaches";
                attached = Attachments.Check(node, programs);
            }
            _step = "runs";
            MapFiller.Fill(maps, node, configuration.Overlay);
            packets += new PacketRuns(node, maps, programs, configuration).Run();
        }
        return (loaded, attached, packets);
    }
}
