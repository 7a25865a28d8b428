using System.Net;

namespace Netweir.Controller;

/// <summary>Command line and environment to options. A flag wins over its variable.</summary>
internal static class OptionsParser
{
    public static OptionsResult Parse(IReadOnlyList<string> arguments, OptionsSurroundings around)
    {
        if (arguments.Any(a => a is "-h" or "--help"))
        {
            return new OptionsResult { Help = true };
        }
        var errors = new List<string>();
        var given = ReadFlags(arguments, errors);
        var builder = new OptionsBuilder { NodeName = Filled(around.Variable("NODE_NAME")) };
        foreach (var spec in OptionTable.All)
        {
            if (given.TryGetValue(spec, out var values))
            {
                Apply(builder, spec, spec.Flag, values, errors);
            }
            else if (around.Variable(spec.Variable) is { } variable && (variable.Length > 0 || spec.MayBeEmpty))
            {
                Apply(builder, spec, spec.Variable, [variable], errors);
            }
        }
        var options = builder.Build(around);
        errors.AddRange(Problems(options, around));
        // A refused address has been told of already.
        if (!errors.Any(e => e.StartsWith("--api-server:", StringComparison.Ordinal) || e.StartsWith("NETWEIR_API_SERVER:", StringComparison.Ordinal))
            && WithoutApi(options, around) is { } problem)
        {
            errors.Add(problem);
        }
        return errors.Count > 0 ? new OptionsResult { Errors = errors } : new OptionsResult { Options = options };
    }

    private static Dictionary<OptionSpec, List<string>> ReadFlags(IReadOnlyList<string> arguments, List<string> errors)
    {
        var given = new Dictionary<OptionSpec, List<string>>();
        for (var i = 0; i < arguments.Count; i++)
        {
            var equals = arguments[i].IndexOf('=', StringComparison.Ordinal);
            var flag = equals < 0 ? arguments[i] : arguments[i][..equals];
            var spec = OptionTable.All.FirstOrDefault(o => o.Flag == flag);
            if (spec is null)
            {
                errors.Add($"{flag}: there is no such option; -h lists them");
            }
            else if (equals < 0 && i + 1 >= arguments.Count)
            {
                errors.Add($"{flag}: its value is missing: {flag} {spec.Value}");
            }
            else
            {
                var value = equals < 0 ? arguments[++i] : arguments[i][(equals + 1)..];
                if (given.TryGetValue(spec, out var values))
                {
                    values.Add(value);
                }
                else
                {
                    given.Add(spec, [value]);
                }
            }
        }
        return given;
    }

    private static void Apply(OptionsBuilder builder, OptionSpec spec, string source, List<string> values, List<string> errors)
    {
        if (!spec.Repeatable && values.Count > 1)
        {
            errors.Add($"{source}: given {values.Count} times, but takes one value");
            return;
        }
        var single = spec.Repeatable
            ? values.SelectMany(v => v.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            : values;
        foreach (var value in single)
        {
            if (value.Length == 0 && !spec.MayBeEmpty)
            {
                errors.Add($"{source}: its value is empty");
            }
            else if (spec.Apply(builder, value) is { } problem)
            {
                errors.Add($"{source}: '{value}' {problem}");
            }
        }
    }

    private static IEnumerable<string> Problems(AgentOptions options, OptionsSurroundings around)
    {
        if (options.SnatPorts.Overlaps(around.LocalPorts))
        {
            yield return $"--snat-ports: {options.SnatPorts} overlaps net.ipv4.ip_local_port_range ({around.LocalPorts}): "
                + "choose ports that the node itself never connects from";
        }
        if (options.SnatPorts.Overlaps(PortRange.NodePorts))
        {
            yield return $"--snat-ports: {options.SnatPorts} overlaps the node ports ({PortRange.NodePorts}): choose a range below or above";
        }
        foreach (var problem in SharedAddresses(options))
        {
            yield return problem;
        }
        foreach (var cidr in options.NoMasqueradeCidrs.Intersect(options.ServiceCidrs))
        {
            yield return $"--no-masquerade-cidr: {cidr} is a service range as well; it never leaves the node, so drop it here";
        }
        if (options.BigTcp && options.Routing == RoutingMode.Vxlan)
        {
            yield return "--big-tcp: not with --routing vxlan: no packet in a tunnel is larger than 64 KiB; take --routing direct, or leave it out";
        }
        if (options.Kubeconfig is { } file && !File.Exists(file))
        {
            yield return $"--kubeconfig: '{file}' does not exist";
        }
        if (!File.Exists(options.ObjectPath))
        {
            yield return $"--object: '{options.ObjectPath}' does not exist; it is built by 'make bpf' and shipped beside the executable";
        }
    }

    private static IEnumerable<string> SharedAddresses(AgentOptions options)
    {
        (string Flag, IPEndPoint? Address)[] all =
        [
            ("--health-address", options.HealthAddress), ("--healthz-bind-address", options.HealthzBindAddress), ("--metrics-bind-address", options.MetricsBindAddress),
        ];
        for (var i = 0; i < all.Length; i++)
        {
            foreach (var (flag, address) in all.Take(i).Where(a => a.Address is { Port: > 0 } && a.Address.Equals(all[i].Address)))
            {
                yield return $"{all[i].Flag}: {address} is {flag}'s as well: give each its own port";
            }
        }
    }

    private static string? WithoutApi(AgentOptions options, OptionsSurroundings around)
    {
        if (options.Kubeconfig is not null || options.ApiServers.Count > 0)
        {
            return null;
        }
        if (Filled(around.Variable("KUBERNETES_SERVICE_HOST")) is null)
        {
            return "--kubeconfig: required outside of a pod (KUBERNETES_SERVICE_HOST is not set)";
        }
        return options.KubeletKubeconfig is { } file && !File.Exists(file) ? $"--kubelet-kubeconfig: '{file}' does not exist; mount it into the pod" : null;
    }

    private static string? Filled(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
