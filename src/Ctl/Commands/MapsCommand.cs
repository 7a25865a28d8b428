using System.CommandLine;
using System.Diagnostics;
using Netweir.Maps;

namespace Netweir.Ctl;

/// <summary><c>ctl maps</c></summary>
internal static class MapsCommand
{
    public static Command Create(GlobalOptions options, TextWriter output) => new("maps", "Maps: list them, show what is in them")
    {
        List(options, output),
        Dump(options, output),
    };

    private static Command List(GlobalOptions options, TextWriter output)
    {
        var command = new Command("list", "Every map: type, entries in use, how many fit, memory")
        {
            options.Output,
        };
        command.SetAction(result =>
        {
            CtlPaths paths = options.Paths(result);
            paths.RequirePins();
            MapTable table = MapList.Table(MapList.Read(paths.BpfRoot));
            output.Write(OutputWriter.Write(table, result.GetValue(options.Output)));
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Dump(GlobalOptions options, TextWriter output)
    {
        var maps = new Argument<string[]>("MAP")
        {
            Description = $"which ones, all when none is given: {string.Join(", ", MapViews.All.Select(v => v.ShortName))}",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var details = new Option<bool>("--all-details")
        {
            Description = "also what differs from run to run: ids, indexes, MAC addresses, ages, counters",
        };
        var command = new Command("dump", "Shows maps, decoded, with Kubernetes' names, always in the same order: two dumps can be compared with diff")
        {
            maps, options.Output, details,
        };
        command.SetAction(result =>
        {
            MapView[] views = [.. Find(result.GetValue(maps) ?? [])];
            CtlPaths paths = options.Paths(result);
            paths.RequirePins();
            var context = new DumpContext
            {
                Names = NodeNames.Read(paths),
                AllDetails = result.GetValue(details),
                Now = (ulong)Stopwatch.GetTimestamp(),
            };
            var document = new OutputDocument { Tables = [.. views.Select(v => v.Read(paths.BpfRoot, context))] };
            output.Write(OutputWriter.Write(document, result.GetValue(options.Output)));
            return ExitCode.Ok;
        });
        return command;
    }

    private static IEnumerable<MapView> Find(string[] names) => names.Length == 0
        ? MapViews.All
        : names.Select(name => MapViews.Find(name)
            ?? throw new CtlException($"there is no map '{name}'; the maps are {string.Join(", ", MapViews.All.Select(v => v.ShortName))}"));
}
