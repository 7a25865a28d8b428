using System.Globalization;
using System.Net;
using Netweir.Endpoints;
using Netweir.Loader;
using Netweir.Maps;
using Netweir.Netlink;

namespace Netweir.Ctl;

/// <summary>Collects a <see cref="StatusReport"/> from kernel, disk and agent.</summary>
internal static class StatusReader
{
    public static StatusReport Read(CtlPaths paths, IPEndPoint agent)
    {
        PinnedProgram[] programs = [.. HookNames.All.Select(h => Program(paths.BpfRoot, h))];
        using var netlink = Rtnetlink.Open();
        return new StatusReport
        {
            Programs = programs,
            Attachments = new AttachmentReader(paths.BpfRoot, programs, netlink).Read(),
            Maps = MapList.Read(paths.BpfRoot),
            Drops = Drops(paths.BpfRoot),
            Records = new EndpointStore(paths.StateDirectory).List(),
            Endpoints = Endpoints(paths.BpfRoot),
            Node = Facts(paths.RunDirectory),
            Agent = AgentProbe.Ask(agent, paths.RunDirectory),
            Uptime = Uptime(),
        };
    }

    private static PinnedProgram Program(string root, string hook)
    {
        using BpfProgram? program = new ProgramStore(root).TryOpen(hook);
        return program is null ? new PinnedProgram(hook, 0, "", default) : new PinnedProgram(hook, program.Id, program.Tag, program.LoadedAt);
    }

    private static IReadOnlyList<DropCount> Drops(string root)
    {
        if (BpfMap.TryReadInfo(BpfPaths.Map(root, MapSpecs.Drops.Name), MapSpecs.Drops.Name) is null)
        {
            return [];
        }

        using PerCpuBpfMap<uint, Counter> drops = MapSpecs.Drops.OpenPinned(root);
        return DropCount.From(drops.Entries());
    }

    private static HashSet<Address> Endpoints(string root)
    {
        if (BpfMap.TryReadInfo(BpfPaths.Map(root, MapSpecs.Endpoints.Name), MapSpecs.Endpoints.Name) is null)
        {
            return [];
        }

        using BpfMap<Address, Maps.Endpoint> endpoints = MapSpecs.Endpoints.OpenPinned(root);
        return [.. endpoints.Entries().Select(e => e.Key)];
    }

    private static NodeFacts? Facts(string runDirectory) =>
        File.Exists(Path.Combine(runDirectory, NodeFacts.FileName)) ? NodeFacts.Read(runDirectory) : null;

    private static TimeSpan Uptime() =>
        TimeSpan.FromSeconds(double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture));
}
