using Netweir.Loader;
using Netweir.Netlink;

namespace Netweir.NodeState;

/// <summary>
/// Undoes on this node what Netweir made and changed. Needs neither the API nor the agent, may be interrupted anywhere and run again. To be used on a
/// thread in the node's network namespace.
/// </summary>
/// <param name="paths">Where Netweir is.</param>
/// <param name="force">Pods that are connected lose their network.</param>
public sealed class NodeUninstall(UninstallPaths paths, bool force)
{
    /// <summary>
    /// The order is this: no new pods first; then the ways into the datapath, the datapath, and what it stood on.
    /// </summary>
    private static readonly IReadOnlyList<IRemover> s_order =
    [
        new FileRemover(LedgerKind.CniConfig),
        new FirewallRemover(),
        new RuleRemover(),
        new RouteRemover(),
        new ProgramRemover(),
        new QdiscRemover(),
        new PodRemover(),
        new DeviceRemover(),
        new OffloadRestorer(),
        new SysctlRestorer(),
        new BpfRootRemover(),
        new MountRemover(),
        new MovedRestorer(),
        new TreeRemover(),
        new FileRemover(LedgerKind.File),
    ];

    /// <summary>Kept until nothing else is left to be done: with ctl and the ledger, what failed or was interrupted is done again.</summary>
    private static readonly IReadOnlyList<IRemover> s_last = [new FileRemover(LedgerKind.File, ctl: true), new DirectoryRemover()];

    private readonly Ledger _ledger = new(paths.Here(paths.StateDirectory));

    /// <summary>What would be done, in order. Nothing is changed.</summary>
    /// <exception cref="UninstallRefusedException">It would be refused.</exception>
    public IReadOnlyList<UninstallLine> DryRun() => Run(static _ => { }, dryRun: true);

    /// <summary>Does it. A step that fails does not keep the others from being done; what it was to undo stays in the ledger.</summary>
    /// <param name="say">Told of everything as it is done.</param>
    /// <exception cref="UninstallRefusedException">An agent runs, pods are connected, or this is not the node's network; nothing was changed.</exception>
    public IReadOnlyList<UninstallLine> Run(Action<UninstallLine> say)
    {
        ArgumentNullException.ThrowIfNull(say);
        return Run(say, dryRun: false);
    }

    private List<UninstallLine> Run(Action<UninstallLine> say, bool dryRun)
    {
        RefuseInAnotherNamespace();
        // Kept until all is done: no agent comes up between.
        using IDisposable held = AgentLock.TryTakeExisting(paths.Here(paths.RunDirectory)) ?? throw UninstallRefusedException.AgentRuns(paths);
        using Rtnetlink netlink = Rtnetlink.Open();
        using NfTables nftables = NfTables.Open();
        IReadOnlyList<LedgerEntry> known = _ledger.Read();
        var context = new UninstallContext(paths, _ledger, [.. Recognised.Entries(paths), .. known], netlink, nftables);
        RefuseWhilePodsAreConnected(context);
        var lines = new List<UninstallLine>();
        void Say(UninstallLine line)
        {
            lines.Add(line);
            say(line);
        }

        void Take(IRemover remover)
        {
            bool done = Step(remover, context, dryRun, Say);
            if (done && !dryRun)
            {
                Forget(known.Where(e => remover.Knows(e) && !LedgerHome.Holds(paths, e)));
            }
        }

        if (!_ledger.Exists)
        {
            Say(WithoutLedger());
        }

        s_order.ToList().ForEach(Take);
        SayUnknown(context, Say);
        if (!lines.Any(l => l.Outcome == UninstallOutcome.Failed))
        {
            s_last.ToList().ForEach(Take);
            RemoveLedger(dryRun, Say);
        }

        return lines;
    }

    /// <summary>A pod without the host's network would remove the files and find none of the devices.</summary>
    private void RefuseInAnotherNamespace()
    {
        string? node = new FileInfo(paths.Here("/proc/1/ns/net")).LinkTarget, own = new FileInfo("/proc/thread-self/ns/net").LinkTarget;
        if (paths.HostRoot != "/" && node is not null && node != own)
        {
            throw new UninstallRefusedException($"this is not the network namespace of the node whose root directory is at {paths.HostRoot}: run it in a pod with hostNetwork: true");
        }
    }

    private void RefuseWhilePodsAreConnected(UninstallContext context)
    {
        if (!force && context.Pods() is { Count: > 0 } pods)
        {
            throw UninstallRefusedException.PodsAreConnected([.. pods.Select(p => p.Pod)]);
        }
    }

    /// <summary>Whether nothing failed.</summary>
    private static bool Step(IRemover remover, UninstallContext context, bool dryRun, Action<UninstallLine> say)
    {
        bool done = true;
        try
        {
            foreach (Removal removal in (List<Removal>)[.. remover.Plan(context)])
            {
                UninstallLine line = dryRun ? Planned(removal) : Undo(removal);
                done &= line.Outcome != UninstallOutcome.Failed;
                say(line);
            }
        }
        catch (Exception e) when (IsExpected(e))
        {
            say(new UninstallLine(UninstallOutcome.Failed, remover.Kind, "", e.Message));
            done = false;
        }

        return done;
    }

    private static UninstallLine Planned(Removal removal) =>
        new(removal.Left is null ? UninstallOutcome.Planned : UninstallOutcome.Left, removal.Kind, removal.What, removal.Left ?? removal.Detail);

    private static UninstallLine Undo(Removal removal)
    {
        try
        {
            string? left = removal.Left ?? removal.Undo();
            return left is not null ? new UninstallLine(UninstallOutcome.Left, removal.Kind, removal.What, left)
                : new UninstallLine(removal.Restores ? UninstallOutcome.Restored : UninstallOutcome.Removed, removal.Kind, removal.What, removal.Detail);
        }
        catch (Exception e) when (IsExpected(e))
        {
            return new UninstallLine(UninstallOutcome.Failed, removal.Kind, removal.What, e.Message);
        }
    }

    private static bool IsExpected(Exception e) => e is IOException or UnauthorizedAccessException or NetlinkException or BpfException or TimeoutException;

    private void Forget(IEnumerable<LedgerEntry> undone)
    {
        try
        {
            _ledger.Remove(undone);
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            // A full disk: they stay in the ledger, and are found to be undone the next time.
        }
    }

    private static void SayUnknown(UninstallContext context, Action<UninstallLine> say)
    {
        foreach (string kind in context.Kinds.Where(k => !s_order.Concat(s_last).Any(r => r.Kind == k)))
        {
            foreach (LedgerEntry entry in context.Of(kind))
            {
                say(new UninstallLine(UninstallOutcome.Failed, kind, entry.Name, "this version does not know such things: use the ctl of the version that made it"));
            }
        }
    }

    private void RemoveLedger(bool dryRun, Action<UninstallLine> say)
    {
        foreach (Removal removal in LedgerHome.Plan(paths, _ledger))
        {
            say(dryRun ? Planned(removal) : Undo(removal));
        }
    }

    private UninstallLine WithoutLedger() => new(UninstallOutcome.Left, "note", _ledger.FilePath,
        "there is no ledger, as after an installation by an older version or an uninstallation that came to its end: undone is what can be recognised by its "
        + "name. What kernel settings were before is not known; they stay until the node is rebooted");
}
