using System.Net;
using Netweir.Bench;
using Netweir.Support.Lab;

const string Help = """
    netweir-bench-control: what Netweir's control plane and CNI plugin cost, in network namespaces of this machine. Needs root, the executables of
    'make aot', and nobody else at work. Removes all that it made, also on Ctrl-C; what a killed run left is removed by the next one.

      control            services to maps: times, memory, processor time
      cni                netweir-cni, against ptp with host-local, and against the kernel's part of it alone
      --short            under a minute, for seeing that everything works (also SHORT=1)
      --markdown         the tables as documents have them
      --only=CASE,...    of control: small, large, huge, fleet
    """;

if (args is ["serve", var address, var path])
{
    using var server = new FleetServerProgram(IPEndPoint.Parse(address), path);
    server.Run();
    return 0;
}

var options = BenchOptions.Parse(args, out var unknown);
if (options?.Verb is not ("control" or "cni"))
{
    Console.Error.WriteLine(options is null ? $"error: {unknown}: there is no such option\n{Help}" : Help);
    return 2;
}

if (!Environment.IsPrivilegedProcess)
{
    Console.Error.WriteLine("error: network namespaces and eBPF programs need root: run it with sudo");
    return 1;
}

try
{
    var report = new BenchReport(options.Verb);
    await (options.Verb == "cni" ? CniBench.RunAsync(report, options) : ControlBench.RunAsync(report, options));
    report.Close(Path.Combine("artifacts", "bench"), options.Markdown);
    return 0;
}
catch (LabException e)
{
    Console.Error.WriteLine($"\nerror: {e.Message}");
    return 1;
}
