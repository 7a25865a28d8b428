using System.CommandLine;
using Netweir.Endpoints;
using Netweir.Maps;

namespace Netweir.Ctl;

/// <summary>Options of every command.</summary>
internal sealed class GlobalOptions
{
    private readonly Option<string> _bpfRoot = Directory("--bpf-root", "where maps and programs are pinned", "/sys/fs/bpf/netweir");
    private readonly Option<string> _stateDir = Directory("--state-dir", "endpoint records of the CNI plugin", EndpointStore.DefaultStateDirectory);
    private readonly Option<string> _runDir = Directory("--run-dir", "node facts written by the agent", "/run/netweir");
    private readonly Option<OutputFormat> _output = new("--output", "-o")
    {
        Description = "table, json or yaml",
        HelpName = "FORMAT",
        DefaultValueFactory = _ => OutputFormat.Table,
        CustomParser = result => Enum.TryParse(result.Tokens[0].Value, ignoreCase: true, out OutputFormat format) && !char.IsAsciiDigit(result.Tokens[0].Value[0])
            ? format
            : Refuse(result),
    };

    public Option<OutputFormat> Output => _output;

    public IEnumerable<Option> Recursive => [_bpfRoot, _stateDir, _runDir];

    public CtlPaths Paths(ParseResult result) => new()
    {
        BpfRoot = Path.TrimEndingDirectorySeparator(result.GetValue(_bpfRoot)!),
        StateDirectory = result.GetValue(_stateDir)!,
        RunDirectory = result.GetValue(_runDir)!,
    };

    private static OutputFormat Refuse(System.CommandLine.Parsing.ArgumentResult result)
    {
        result.AddError($"'{result.Tokens[0].Value}' is no output format: table, json or yaml");
        return default;
    }

    private static Option<string> Directory(string name, string description, string value) => new(name)
    {
        Description = description,
        HelpName = "DIR",
        Recursive = true,
        DefaultValueFactory = _ => value,
    };
}
