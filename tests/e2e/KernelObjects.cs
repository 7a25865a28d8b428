using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Netweir.Loader;
using Netweir.Support.Lab;
using Native = LibBpf.Interop.LibBpf;

namespace Netweir.E2e.Tests;

/// <summary>Ids of what is pinned for a node: equal ids are the very same objects.</summary>
internal static class KernelObjects
{
    public static string Maps(LabNode node) => Join(
        Directory.EnumerateFiles(BpfPaths.Maps(node.BpfRoot)).Select(path => (Path.GetFileName(path), BpfMap.TryReadInfo(path, Path.GetFileName(path))?.Id ?? 0)));

    public static string Programs(LabNode node)
    {
        var store = new ProgramStore(node.BpfRoot);
        return Join(Directory.EnumerateFiles(BpfPaths.Programs(node.BpfRoot)).Select(path =>
        {
            using var program = store.Open(Path.GetFileName(path));
            return (Path.GetFileName(path), program.Id);
        }));
    }

    /// <summary>Of all programs and maps that are pinned.</summary>
    public static IReadOnlyList<(bool IsMap, uint Id)> Ids(LabNode node) =>
    [
        .. Maps(node).Split('\n').Select(l => (true, uint.Parse(l.Split(' ')[1], CultureInfo.InvariantCulture))),
        .. Programs(node).Split('\n').Select(l => (false, uint.Parse(l.Split(' ')[1], CultureInfo.InvariantCulture))),
    ];

    public static bool IsAlive((bool IsMap, uint Id) which)
    {
        var fd = which.IsMap ? Native.bpf_map_get_fd_by_id(which.Id) : Native.bpf_prog_get_fd_by_id(which.Id);
        using var handle = new SafeFileHandle(fd, ownsHandle: true);
        return !handle.IsInvalid;
    }

    /// <summary>Of the pinned programs.</summary>
    public static IReadOnlyList<uint> ProgramIds(LabNode node) => [.. Programs(node).Split('\n').Select(l => uint.Parse(l.Split(' ')[1], CultureInfo.InvariantCulture))];

    /// <summary>Whether somebody, anywhere on this machine, still has the program.</summary>
    public static bool IsLoaded(uint program) => IsAlive((false, program));

    private static string Join(IEnumerable<(string Name, uint Id)> objects)
    {
        var text = string.Join('\n', objects.Order().Select(o => $"{o.Name} {o.Id}"));
        Assert.NotEmpty(text);
        return text;
    }
}
