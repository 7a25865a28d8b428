using System.Net;
using System.Text.Json.Nodes;

namespace Netweir.Support.Lab;

/// <summary>Calls the CNI plugin as containerd does through libcni: the same environment, the same standard input.</summary>
public sealed class ContainerRuntime
{
    private readonly LabNode _node;
    private readonly IReadOnlyList<string> _plugin;

    internal ContainerRuntime(LabNode node, IReadOnlyList<string> plugin)
    {
        _node = node;
        _plugin = plugin;
    }

    /// <summary>Connects the pod. Returns its addresses.</summary>
    /// <exception cref="LabException">The plugin refused; its message is in it.</exception>
    public IReadOnlyList<IPAddress> Add(PodSandbox pod)
    {
        pod.Configuration = Configuration();
        if (pod.HostPorts.Count > 0)
        {
            AddPortMappings(pod.Configuration, pod.HostPorts);
        }

        var result = JsonNode.Parse(Call("ADD", pod.Configuration, pod).Checked().Output)!.AsObject();
        pod.Result = result;
        return [.. result["ips"]!.AsArray().Select(ip => IPAddress.Parse(ip!["address"]!.ToString().Split('/')[0]))];
    }

    /// <summary>With the configuration of the ADD; a pod that got no ADD needs no DEL.</summary>
    public void Delete(PodSandbox pod)
    {
        if (pod.Configuration is { } configuration)
        {
            Call("DEL", configuration, pod).Checked();
        }
    }

    public Command Check(PodSandbox pod) =>
        Call("CHECK", pod.Configuration ?? throw new LabException($"{pod.PodName} was not added"), pod);

    /// <summary>What kubelet polls.</summary>
    public Command Status() => Call("STATUS", Configuration(), null);

    /// <summary>The configuration list that the agent wrote, or null.</summary>
    public JsonObject? ConfigurationList() =>
        Directory.Exists(_node.CniDirectory) && Directory.GetFiles(_node.CniDirectory, "*.conflist").Order(StringComparer.Ordinal).FirstOrDefault() is { } file
            ? JsonNode.Parse(File.ReadAllText(file))!.AsObject()
            : null;

    /// <summary>The plugin's own configuration, completed from the list as libcni does.</summary>
    private JsonObject Configuration()
    {
        var list = ConfigurationList() ?? throw new LabException($"{_node.Name}: no CNI configuration in {_node.CniDirectory}; the agent writes it when it is ready");
        var configuration = list["plugins"]![0]!.DeepClone().AsObject();
        configuration["name"] = list["name"]!.DeepClone();
        configuration["cniVersion"] = list["cniVersion"]!.DeepClone();
        return configuration;
    }

    /// <summary>Runtimes hand over only what the configuration says it is capable of.</summary>
    private static void AddPortMappings(JsonObject configuration, IReadOnlyList<LabHostPort> ports)
    {
        if (configuration["capabilities"]?["portMappings"]?.GetValue<bool>() is not true)
        {
            throw new LabException("the CNI configuration does not declare the capability portMappings");
        }

        configuration["runtimeConfig"] = new JsonObject
        {
            ["portMappings"] = new JsonArray(
            [
                .. ports.Select(p => new JsonObject
                {
                    ["hostPort"] = p.Port,
                    ["containerPort"] = p.ContainerPort,
                    ["protocol"] = p.Protocol.ToLowerInvariant(),
                    ["hostIP"] = p.HostIP?.ToString() ?? string.Empty,
                }),
            ]),
        };
    }

    private Command Call(string verb, JsonObject configuration, PodSandbox? pod)
    {
        var input = configuration.DeepClone().AsObject();
        if (pod?.Result is { } previous)
        {
            input["prevResult"] = previous.DeepClone();
        }

        return Command.Run(_plugin, _node.Namespace, input.ToJsonString(), Environment(verb, pod));
    }

    private static Dictionary<string, string> Environment(string verb, PodSandbox? pod)
    {
        var variables = new Dictionary<string, string> { ["CNI_COMMAND"] = verb, ["CNI_PATH"] = "/opt/cni/bin" };
        if (pod is not null)
        {
            variables["CNI_CONTAINERID"] = pod.ContainerId;
            variables["CNI_NETNS"] = pod.NamespacePath;
            variables["CNI_IFNAME"] = "eth0";
            variables["CNI_ARGS"] = $"IgnoreUnknown=1;K8S_POD_NAMESPACE={pod.PodNamespace};K8S_POD_NAME={pod.PodName};"
                + $"K8S_POD_INFRA_CONTAINER_ID={pod.ContainerId};K8S_POD_UID={pod.Uid}";
        }

        return variables;
    }
}
