using Netweir.Loader;

namespace Netweir.Controller;

/// <summary>All pinned programs, opened.</summary>
internal sealed class ProgramSet : IDisposable
{
    private readonly Dictionary<string, BpfProgram> _programs = new(StringComparer.Ordinal);

    public BpfProgram this[string hook] => _programs[hook];

    /// <summary>By hook name, sorted: tells one set from another.</summary>
    public string Ids => string.Join(' ', HookNames.All.Select(h => $"{h}={_programs[h].Id}"));

    /// <summary>Null unless all are pinned.</summary>
    public static ProgramSet? TryOpen(ProgramStore store)
    {
        var set = new ProgramSet();
        foreach (var hook in HookNames.All)
        {
            if (store.TryOpen(hook) is not { } program)
            {
                set.Dispose();
                return null;
            }
            set._programs.Add(hook, program);
        }
        return set;
    }

    public void Dispose()
    {
        foreach (var program in _programs.Values)
        {
            program.Dispose();
        }
    }
}
