namespace Netweir.Cni;

/// <summary>One CNI_COMMAND.</summary>
/// <param name="Name">As the runtime spells it.</param>
/// <param name="Since">The first version of the specification that has it.</param>
/// <param name="RequiredVariables">Environment variables that must not be empty.</param>
/// <param name="Run">Does it; what it writes to the stream is the plugin's standard output.</param>
internal sealed record Verb(string Name, string Since, string[] RequiredVariables, Action<Invocation, Stream> Run)
{
    public static readonly Verb[] All =
    [
        new("ADD", "0.3.1", [Variable.ContainerId, Variable.NetworkNamespace, Variable.InterfaceName], AddVerb.Run),
        new("DEL", "0.3.1", [Variable.ContainerId, Variable.InterfaceName], DelVerb.Run),
        new("CHECK", "0.4.0", [Variable.ContainerId, Variable.NetworkNamespace, Variable.InterfaceName], CheckVerb.Run),
        new("GC", "1.1.0", [], GcVerb.Run),
        new("STATUS", "1.1.0", [], StatusVerb.Run),
    ];
}
