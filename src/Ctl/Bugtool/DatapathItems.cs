using System.Diagnostics;
using System.Globalization;
using Netweir.Loader;
using Netweir.Maps;

namespace Netweir.Ctl;

/// <summary>What Netweir has in the kernel.</summary>
internal sealed class DatapathItems(BugPlaces places)
{
    /// <summary>More would take hundreds of megabytes to decode, on a node that is in trouble.</summary>
    private const long MostEntries = 100_000;

    private string Root => places.Paths.BpfRoot;

    public IReadOnlyList<BugItem> All =>
    [
        new("status.txt", Status), new("preflight.txt", () => PreflightText.Write(PreflightReport.Read(places.Node), OutputFormat.Table)),
        new("datapath/maps.txt", Maps), new("datapath/programs.txt", Programs), new("datapath/links.txt", Links),
        .. MapViews.All.Select(view => new BugItem($"datapath/maps/{view.ShortName}.txt", () => Dump(view))),
    ];

    private string Status()
    {
        places.Paths.RequirePins();
        StatusReport report = StatusReader.Read(places.Paths, places.Agent);
        return OutputWriter.Write(StatusDocument.Create(report, StatusVerdict.Problems(report)), OutputFormat.Table);
    }

    private string Maps()
    {
        places.Paths.RequirePins();
        return OutputWriter.Write(MapList.Table(MapList.Read(Root)), OutputFormat.Table);
    }

    private string Dump(MapView view)
    {
        if (BpfMap.TryReadInfo(BpfPaths.Map(Root, view.Spec.Name), view.Spec.Name) is null)
        {
            throw new CtlException($"{view.Spec.Name} is not pinned below {Root}");
        }

        long entries = view.Count(Root);
        if (entries > MostEntries)
        {
            throw new CtlException(string.Create(CultureInfo.InvariantCulture, $"{view.Spec.Name} has {entries} entries: 'ctl maps dump {view.ShortName} --all-details' shows them"));
        }

        var context = new DumpContext { Names = NodeNames.Read(places.Paths), AllDetails = true, Now = (ulong)Stopwatch.GetTimestamp() };
        return OutputWriter.Write(view.Read(Root, context), OutputFormat.Table);
    }

    private string Programs()
    {
        places.Paths.RequirePins();
        var store = new ProgramStore(Root);
        List<IReadOnlyList<Cell>> rows = [];
        foreach (string name in store.List())
        {
            using BpfProgram? program = store.TryOpen(name);
            rows.Add([name, program is null ? default(Cell) : program.Id, program?.Tag, program?.LoadedAt.ToString("c", CultureInfo.InvariantCulture)]);
        }

        return OutputWriter.Write(new MapTable { Name = "programs", Columns = ["name", "id", "tag", "loaded_after_boot"], Rows = rows }, OutputFormat.Table);
    }

    private string Links()
    {
        places.Paths.RequirePins();
        IEnumerable<IReadOnlyList<Cell>> rows = new LinkStore(Root).List().Select(l => new Cell[] { l.Hook, l.PinnedIfindex, l.Ifindex, l.Direction.ToString(), l.ProgramId });
        return OutputWriter.Write(new MapTable { Name = "links", Columns = ["hook", "pinned_for", "device", "direction", "program"], Rows = [.. rows] }, OutputFormat.Table);
    }
}
