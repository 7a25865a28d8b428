using Netweir.Demo;
using Netweir.Support.Lab;

const string Help = """
    netweir-demo: two nodes, pods and services in network namespaces of this machine, and what Netweir does with their traffic.
    Needs root. Removes all that it made when it ends, also on Ctrl-C; what a killed run left is removed by the next one.

      --keep    stay up afterwards and say what to try
      --clean   only remove what killed runs left
    """;

if (args.Any(a => a is "-h" or "--help"))
{
    Console.WriteLine(Help);
    return 0;
}

if (args.FirstOrDefault(a => a is not ("--keep" or "--clean")) is { } unknown)
{
    Console.Error.WriteLine($"error: {unknown}: there is no such option\n{Help}");
    return 2;
}

if (!Environment.IsPrivilegedProcess)
{
    Console.Error.WriteLine("error: network namespaces and eBPF programs need root: run it with sudo");
    return 1;
}

if (args.Contains("--clean"))
{
    var removed = LabJanitor.RemoveDeadLabs();
    Console.WriteLine(removed.Count == 0 ? "nothing was left" : $"removed: {string.Join(", ", removed)}");
    return 0;
}

try
{
    return await Tour.RunAsync(keep: args.Contains("--keep"));
}
catch (LabException e)
{
    Console.Error.WriteLine($"\nerror: {e.Message}");
    return 1;
}
