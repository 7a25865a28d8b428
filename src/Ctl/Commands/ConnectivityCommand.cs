using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Netweir.Kube;

namespace Netweir.Ctl;

/// <summary><c>ctl connectivity</c></summary>
internal static class ConnectivityCommand
{
    private static readonly Option<int> s_nodes = new("--nodes")
    {
        Description = "how many nodes take part, at most",
        HelpName = "N",
        DefaultValueFactory = _ => 3,
    };

    private static readonly Option<string?> s_image = new("--image")
    {
        Description = "an image with /netweir/ctl; else the one that the cluster's agents run, or netweir:VERSION",
        HelpName = "IMAGE",
    };

    private static readonly Option<bool> s_keep = new("--keep") { Description = "leave the test's namespace, with all that is in it" };

    private static readonly Option<bool> s_details = new("--all-details") { Description = "a line for each check, not for each kind" };

    private static readonly Option<int> s_hostPort = new("--host-port")
    {
        Description = "a TCP and UDP port that is free on the nodes: host-network pods listen there",
        HelpName = "PORT",
        DefaultValueFactory = _ => 10880,
    };

    private static readonly Option<TimeSpan> s_timeout = ClusterTime.Option("--timeout", "for the pods to start, and again for the checks", TimeSpan.FromMinutes(3));

    public static Command Create(GlobalOptions options, TextWriter output) =>
        new("connectivity", "Tests a cluster's network from inside, whatever implements it") { Test(options, output), Serve(output), Probe(output) };

    private static Command Test(GlobalOptions options, TextWriter output)
    {
        var cluster = new ClusterOptions();
        var command = new Command("test", "Deploys pods and services into a namespace of its own, measures between them, and removes them")
        {
            options.Output, s_nodes, s_image, s_keep, s_details, s_hostPort, s_timeout,
        };
        foreach (Option option in cluster.All)
        {
            command.Options.Add(option);
        }

        command.SetAction(async (result, token) =>
        {
            using RawClient client = cluster.Connect(result);
            var test = new ConnectivityTest(client, output, new Progress(result.InvocationConfiguration.Error, TimeProvider.System))
            {
                Format = result.GetValue(options.Output),
                Nodes = result.GetValue(s_nodes),
                Image = result.GetValue(s_image),
                Keep = result.GetValue(s_keep),
                AllDetails = result.GetValue(s_details),
                HostPort = result.GetValue(s_hostPort),
                Limit = result.GetValue(s_timeout),
            };
            return await test.RunAsync(token).ConfigureAwait(false);
        });
        return command;
    }

    private static Command Serve(TextWriter output)
    {
        Option<int> port = Port();
        var command = new Command("serve", "What the test's pods run: HTTP and UDP echo") { port };
        command.Hidden = true;
        command.SetAction(async (result, token) =>
        {
            using ConnectivityServer server = StartServer(result.GetValue(port));
            output.Write(string.Create(CultureInfo.InvariantCulture, $"serving TCP and UDP port {server.Port} as {ConnectivityPod.Name}\n"));
            output.Flush();
            await UntilStoppedAsync(server.RunAsync(token), token).ConfigureAwait(false);
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Probe(TextWriter output)
    {
        Option<int> port = Port();
        var serve = new Option<bool>("--serve") { Description = "serve meanwhile, so that the pod can ask itself by way of a service" };
        var checks = new Argument<string?>("CHECKS")
        {
            Description = $"as JSON; else those in {ConnectivityPod.ChecksVariable}",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("probe", "What the test's pods run: makes checks and prints a line of JSON for each") { checks, serve, port };
        command.Hidden = true;
        command.SetAction(async (result, token) =>
        {
            string json = result.GetValue(checks) ?? Environment.GetEnvironmentVariable(ConnectivityPod.ChecksVariable)
                ?? throw new CtlException($"no checks: give them as JSON, or in {ConnectivityPod.ChecksVariable}");
            using ConnectivityServer? server = result.GetValue(serve) ? StartServer(result.GetValue(port)) : null;
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(token);
            Task serving = server?.RunAsync(stop.Token) ?? Task.CompletedTask;
            await ProbeAsync(Parse(json), output, token).ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
            await UntilStoppedAsync(serving, stop.Token).ConfigureAwait(false);
            return ExitCode.Ok;
        });
        return command;
    }

    private static async Task ProbeAsync(IReadOnlyList<ProbeCheck> checks, TextWriter output, CancellationToken cancellationToken)
    {
        var runner = new ProbeRunner { OwnAddresses = ConnectivityPod.Addresses, Domain = ConnectivityPod.Domain() };
        foreach (ProbeCheck check in checks)
        {
            ProbeResult result = await runner.RunAsync(check, cancellationToken).ConfigureAwait(false);
            output.Write(JsonSerializer.Serialize(result, ProbeJson.Default.ProbeResult) + "\n");
            output.Flush();
        }
    }

    private static IReadOnlyList<ProbeCheck> Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ProbeJson.Default.IReadOnlyListProbeCheck) ?? [];
        }
        catch (JsonException e)
        {
            throw new CtlException($"the checks are not JSON as 'ctl connectivity test' writes it: {e.Message}", e);
        }
    }

    private static ConnectivityServer StartServer(int port)
    {
        try
        {
            return new ConnectivityServer(ConnectivityPod.Name, port, [.. ConnectivityPod.Addresses.Select(IPAddress.Parse)]);
        }
        catch (SocketException e)
        {
            throw new CtlException($"cannot listen on port {port}: {e.Message}; choose another with --port (for nodes: 'ctl connectivity test --host-port')", e);
        }
    }

    private static async Task UntilStoppedAsync(Task serving, CancellationToken stopped)
    {
        try
        {
            await serving.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
            // That is how it ends.
        }
    }

    private static Option<int> Port() => new("--port") { Description = "TCP and UDP", HelpName = "PORT", DefaultValueFactory = _ => ConnectivityPod.Port };
}
