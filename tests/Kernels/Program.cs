using Netweir.Controller;
using Netweir.Kernels;

// As init of a virtual machine (tools/kernels.py) or, for a try on this machine's kernel, in a network namespace: unshare -n netweir-kernels OBJECT
var machine = new Machine();
try
{
    machine.Prepare();
    using var node = new KernelNode(args.Length > 0 ? args[0] : "/netweir/netweir.bpf.o");
    return new Checks(node).Run() ? 0 : 1;
}
catch (StartupException e)
{
    Console.WriteLine($"refused: {e.Message}");
    return 2;
}
#pragma warning disable CA1031 // What went wrong is the result, and the machine must end.
catch (Exception e)
{
    Console.WriteLine($"failed: {e}");
    return 1;
}
#pragma warning restore CA1031
finally
{
    Console.Out.Flush();
    machine.PowerOff();
}
