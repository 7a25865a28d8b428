namespace Netweir.Loader;

/// <summary>
/// Puts an object's programs in the place of those pinned below a root. Maps of the same layout and size go on as they are; of others the entries are
/// copied, and flows lose nothing: docs/decisions/0007-live-migration.md. Goes on from wherever a run before was ended.
/// </summary>
public sealed class ObjectUpgrade
{
    private const int MostPasses = 10;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);
    private readonly PreviousPins _previous;
    private readonly ProgramStore _programs;
    private readonly string _root;
    private readonly List<string> _report = [];

    public ObjectUpgrade(string root)
    {
        _root = root;
        _previous = new PreviousPins(root);
        _programs = new ProgramStore(root);
    }

    /// <summary>The object with its constants and sizes; true: it is to take over from the pinned programs.</summary>
    public required Func<bool, OpenObject> Open { get; init; }

    /// <summary>Puts the pinned programs to all their hooks. True: the pinned maps are theirs by now; false: they run their predecessors, with other maps.</summary>
    public required Action<bool> Attach { get; init; }

    /// <summary>Somebody has the maps open and goes on with them: they can no more be replaced.</summary>
    public bool MapsInUse { get; init; }

    /// <summary>For tests.</summary>
    public Action<UpgradeStep>? StepDone { get; init; }

    public PreviousState State => _previous.State;

    /// <summary>The new programs are pinned at the end, and still to be attached.</summary>
    /// <returns>What was brought over, for people; empty: nothing had to be.</returns>
    /// <exception cref="VerifierException">The kernel refused a program. What ran before runs on.</exception>
    /// <exception cref="MapLayoutException">A map cannot be brought over. What ran before runs on.</exception>
    /// <exception cref="BpfException"/>
    public IReadOnlyList<string> Run()
    {
        Resume();
        using OpenObject open = Open(false);
        IReadOnlyList<MapDifference> different = open.CompareMaps(_root);
        if (different.Count > 0 && MapsInUse)
        {
            throw new BpfException(
                $"map {different[0].Map} cannot be replaced while the agent goes on with it: restart the agent, of the same version as the object.\n"
                + $"  wanted: {different[0].Wanted}\n  pinned: {different[0].Found}");
        }

        if (different.Any(d => d.Map == PreviousPins.Conntrack) && _programs.List().Count > 0)
        {
            TakeOver(different);
        }
        else if (different.Count > 0)
        {
            Swap(open, different);
        }
        else
        {
            PinSame(open);
        }

        if (_previous.State == PreviousState.Prepared)
        {
            // Back to maps of the layout that the programs before have: no hook may run them any more.
            Attach(true);
        }

        _previous.Remove();
        return _report;
    }

    /// <summary>The state of the pins is that of one version afterwards, or <see cref="PreviousState.Prepared"/>.</summary>
    private void Resume()
    {
        switch (_previous.State)
        {
            case PreviousState.Prepared:
                _report.Add("an upgrade that was interrupted begins anew");
                _previous.RestoreMaps();
                break;
            case PreviousState.TakenOver:
                _report.Add("an upgrade that was interrupted goes on");
                CopyFlows();
                _previous.Remove();
                break;
            default:
                _previous.Remove();
                break;
        }

        if (Directory.Exists(BpfPaths.NextMaps(_root)))
        {
            Directory.Delete(BpfPaths.NextMaps(_root), recursive: true);
        }
    }

    /// <summary>All maps as they are pinned.</summary>
    private void PinSame(OpenObject open)
    {
        using LoadedObject loaded = Without(open).PinMaps(_root).Load();
        PinPrograms(loaded);
        Done(UpgradeStep.Settled);
    }

    /// <summary>The flow table stays, or has no flows yet: old and new programs may run side by side.</summary>
    private void Swap(OpenObject open, IReadOnlyList<MapDifference> different)
    {
        HashSet<string> anew = [.. different.Select(d => d.Map)];
        using LoadedObject loaded = Without(open).PinMaps(_root, anew).Load();
        Done(UpgradeStep.Loaded);
        using var copies = MapCopies.Plan(_root, loaded, anew);
        copies.CopyAll(_ => true, _report);
        Done(UpgradeStep.Copied);
        PinMaps(loaded, anew);
        PinPrograms(loaded);
        Done(UpgradeStep.ProgramsPinned);
        Attach(true);
        // What the programs before wrote meanwhile.
        copies.CopyMissing();
    }

    private void TakeOver(IReadOnlyList<MapDifference> different)
    {
        HashSet<string> anew = [.. different.Select(d => d.Map)];
        using (LoadedObject loaded = LoadMigrating(anew))
        using (var copies = MapCopies.Plan(_root, loaded, anew))
        {
            Done(UpgradeStep.Loaded);
            copies.CopyAll(name => name != PreviousPins.Conntrack, _report);
            Done(UpgradeStep.Copied);
            if (_previous.State == PreviousState.None)
            {
                PreviousPins.Fill(loaded.Maps[PreviousPins.ProgramsMap], loaded.File.Btf, _programs);
            }

            _previous.Pin(anew, loaded.Maps[PreviousPins.ProgramsMap], loaded.Maps[PreviousPins.TakeoverMap]);
            Done(UpgradeStep.PreviousPinned);
            PinPrograms(loaded);
            Done(UpgradeStep.ProgramsPinned);
            Attach(false);
            Done(UpgradeStep.Attached);
            PinMaps(loaded, anew);
        }

        _previous.SetTakenOver();
        Done(UpgradeStep.TakenOver);
        Attach(true);
        CopyFlows();
        Done(UpgradeStep.FlowsCopied);
        _previous.Remove();
        Done(UpgradeStep.PreviousRemoved);
        using OpenObject settled = Open(false);
        PinSame(settled);
    }

    private LoadedObject LoadMigrating(HashSet<string> anew)
    {
        using OpenObject open = Open(true).PinMaps(_root, anew);
        using BpfFd conntrack = BpfFd.OpenPinned(BpfPaths.Map(_root, PreviousPins.Conntrack), $"map {PreviousPins.Conntrack}");
        open.UseMap(PreviousPins.ConntrackMap, conntrack);
        if (_previous.State == PreviousState.None)
        {
            return open.Load();
        }

        using BpfFd programs = _previous.Open(PreviousPins.ProgramsMap), takeover = _previous.Open(PreviousPins.TakeoverMap);
        return open.UseMap(PreviousPins.ProgramsMap, programs).UseMap(PreviousPins.TakeoverMap, takeover).Load();
    }

    /// <summary>
    /// From the tables before, until a pass finds nothing that is missing. The programs before start nothing new once they are no longer asked for
    /// flows that the new tables have; the pause is for those that run.
    /// </summary>
    private void CopyFlows()
    {
        using var copies = MapCopies.OfPrevious(_root, _previous);
        int first = copies.CopyMissing(), late = 0;
        for (int pass = 1; pass < MostPasses; pass++)
        {
            Thread.Sleep(s_pause);
            int missing = copies.CopyMissing();
            late += missing;
            if (missing == 0)
            {
                break;
            }
        }

        _report.Add($"{first} entries that programs write, and {late} later");
    }

    private void PinMaps(LoadedObject loaded, IEnumerable<string> maps)
    {
        Directory.CreateDirectory(BpfPaths.NextMaps(_root));
        foreach (string map in maps)
        {
            PinRename.Pin(loaded.Maps[map], BpfPaths.Map(_root, map), BpfPaths.NextMap(_root, map), $"map {map}");
        }

        Directory.Delete(BpfPaths.NextMaps(_root));
        Done(UpgradeStep.MapsPinned);
    }

    private void PinPrograms(LoadedObject loaded)
    {
        foreach (BpfProgram program in loaded.Programs.Values)
        {
            _programs.Pin(program);
        }
    }

    private static OpenObject Without(OpenObject open)
    {
        foreach (string map in PreviousPins.OwnMaps)
        {
            open.Without(map);
        }

        return open;
    }

    private void Done(UpgradeStep step) => StepDone?.Invoke(step);
}
