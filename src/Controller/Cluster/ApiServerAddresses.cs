using System.Net;
using Netweir.Kube;

namespace Netweir.Controller;

/// <summary>Where the API is reached: this host's way there never leads through a service, because services need the API.</summary>
internal sealed class ApiServerAddresses
{
    private readonly ApiServerFile _lastGood;
    private readonly List<string> _configured;

    public ApiServerAddresses(AgentOptions options, ApiServerFile lastGood)
    {
        _lastGood = lastGood;
        _configured = [.. options.ApiServers.Select(s => s.Host), .. FromFile(options.Kubeconfig), .. KubeletKubeconfig.Servers(options.KubeletKubeconfig).Select(u => new Uri(u).Host)];
    }

    /// <summary>The configured servers and those that the API names; not those that are given by name.</summary>
    public IReadOnlySet<IPAddress> Read()
    {
        var all = new HashSet<IPAddress>();
        foreach (var host in _configured.Concat(_lastGood.Read().Select(u => new Uri(u).Host)))
        {
            if (IPAddress.TryParse(host, out var address))
            {
                all.Add(address);
            }
        }
        return all;
    }

    private static IEnumerable<string> FromFile(string? kubeconfig)
    {
        try
        {
            return kubeconfig is null ? [] : [.. KubeConfig.FromFile(kubeconfig).Servers.Select(s => s.Host)];
        }
        catch (KubeConfigException)
        {
            return []; // told by whoever connects with it
        }
    }
}
