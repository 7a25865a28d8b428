using Netweir.Loader;
using Netweir.Netlink;

namespace Netweir.Ctl;

/// <summary>Finds Netweir's programs at the devices of this network namespace: pinned TCX links, and tc filters.</summary>
internal sealed class AttachmentReader(string root, IReadOnlyList<PinnedProgram> programs, Rtnetlink netlink)
{
    private readonly Dictionary<uint, string> _devices = netlink.Links.List().ToDictionary(l => (uint)l.Index, l => l.Name);

    public IReadOnlyList<Attachment> Read() =>
        [.. Links().Concat(Filters()).OrderBy(a => a.Device, StringComparer.Ordinal).ThenBy(a => a.Hook, StringComparer.Ordinal)];

    private IEnumerable<Attachment> Links() => new LinkStore(root).List().Select(link => new Attachment(
        link.Hook,
        link.PinnedIfindex,
        Device(link.PinnedIfindex),
        "tcx",
        programs.Any(p => p.Hook == link.Hook && p.Id == link.ProgramId),
        link.Ifindex == 0));

    private IEnumerable<Attachment> Filters()
    {
        foreach (uint ifindex in _devices.Keys)
        {
            foreach (TcFilter filter in Enum.GetValues<TcDirection>().SelectMany(d => netlink.TrafficControl.List((int)ifindex, d)))
            {
                string hook = programs.FirstOrDefault(p => p.Id == filter.ProgramId)?.Hook ?? Hook(filter.Name);
                if (hook.Length > 0)
                {
                    yield return new Attachment(hook, ifindex, Device(ifindex), "tc", programs.Any(p => p.Id == filter.ProgramId), false);
                }
            }
        }
    }

    /// <summary>Of a filter whose program is not pinned any more: <c>netweir/from_pod</c> -> <c>from_pod</c>.</summary>
    private static string Hook(string? filter) => filter is not null && filter.StartsWith(TrafficControl.NamePrefix, StringComparison.Ordinal)
        ? HookNames.All.FirstOrDefault(h => filter.EndsWith(h, StringComparison.Ordinal)) ?? filter
        : "";

    private string Device(uint ifindex) => _devices.GetValueOrDefault(ifindex, $"#{ifindex}");
}
