using System.Globalization;
using Netweir.Netlink;
using Netweir.NodeState;

namespace Netweir.Controller;

/// <summary>Keeps the offload sizes of uplinks: all of them as large as asked for, or all as they were.</summary>
internal sealed class OffloadReconciler(Rtnetlink netlink, TamperLog tampering, LedgerWriter ledger)
{
    /// <summary>Devices that were set and not put back, and to what. Null: nobody knows before the first turn.</summary>
    private Dictionary<int, OffloadSizes>? _raised;

    /// <summary>What was refused is not tried again: each attempt is a change of the device, which calls for the next turn.</summary>
    private (string Attempt, string Problem)? _refused;

    /// <summary>
    /// <paramref name="size"/>, in bytes, or 0 when <paramref name="devices"/> do not all take it. Sizes of a device that are larger stay.
    /// 0 puts back what was changed before, also by an agent that ran earlier.
    /// </summary>
    /// <exception cref="NetlinkException">The kernel refused to put something back.</exception>
    public int Reconcile(IReadOnlyList<Link> devices, int size, ICollection<string> problems)
    {
        _raised ??= ledger.Of(LedgerKind.Offload).DistinctBy(Ifindex).ToDictionary(Ifindex, e => OffloadSizes.TryParse(e.Detail) ?? default);
        var raised = size > 0 && Raise(devices, size, problems);
        Restore(raised ? [.. devices.Select(d => d.Index)] : []);
        return raised ? size : 0;
    }

    private bool Raise(IReadOnlyList<Link> devices, int size, ICollection<string> problems)
    {
        var attempt = string.Create(CultureInfo.InvariantCulture, $"{size}: {string.Join(' ', devices.Select(d => d.Index))}");
        if (_refused is { } refused && refused.Attempt == attempt)
        {
            problems.Add(refused.Problem);
            return false;
        }
        _refused = null;
        foreach (var device in devices.Where(d => d.OffloadSizes != d.OffloadSizes.AtLeast(size)))
        {
            try
            {
                Raise(device, device.OffloadSizes.AtLeast(size));
            }
            catch (NetlinkException e)
            {
                _refused = (attempt, $"--big-tcp is not in use: {device.Name} refuses packets of {size} bytes: {e.Message}");
                problems.Add(_refused.Value.Problem);
                return false;
            }
        }
        return true;
    }

    private void Raise(Link device, OffloadSizes sizes)
    {
        // What is not smaller than it was set to is as Netweir made it, which wants more now.
        tampering.CountIf(_raised!.TryGetValue(device.Index, out var set) && device.OffloadSizes.IsBelow(set), "link", $"offload sizes of {device.Name} were {device.OffloadSizes}");
        ledger.Add(LedgerKind.Offload, device.Index.ToString(CultureInfo.InvariantCulture), sizes.ToString(), device.OffloadSizes.ToString());
        _raised[device.Index] = sizes;
        try
        {
            netlink.Links.SetOffloadSizes(device.Index, sizes);
        }
        catch (NetlinkException)
        {
            // The kernel takes them one by one: some may be set.
            netlink.Links.SetOffloadSizes(device.Index, device.OffloadSizes);
            throw;
        }
    }

    private void Restore(HashSet<int> wanted)
    {
        if (_raised!.Keys.All(wanted.Contains))
        {
            return;
        }
        foreach (var entry in ledger.Of(LedgerKind.Offload).Where(e => !wanted.Contains(Ifindex(e))))
        {
            // What somebody else changed since is theirs, and a device that is gone needs nothing.
            if (netlink.Links.Find(Ifindex(entry)) is { } device && OffloadSizes.TryParse(entry.Detail) is { } set
                && OffloadSizes.TryParse(entry.Before) is { } before && device.OffloadSizes.Undone(set, before) is var undone && undone != device.OffloadSizes)
            {
                netlink.Links.SetOffloadSizes(device.Index, undone);
            }
            ledger.Forget(entry);
        }
        _raised = _raised.Where(r => wanted.Contains(r.Key)).ToDictionary();
    }

    /// <summary>0, which no device has, when the name is no number.</summary>
    private static int Ifindex(LedgerEntry entry) => int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var ifindex) ? ifindex : 0;
}
