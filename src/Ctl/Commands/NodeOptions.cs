using System.CommandLine;
using System.Net;

namespace Netweir.Ctl;

/// <summary>Options of the commands that look at the node, not only at Netweir on it.</summary>
internal static class NodeOptions
{
    public static Option<string> HostRoot() => Directory("--host-root", "the node's root directory, in a container that has it elsewhere", "/");

    public static Option<string> CniConfDir() => Directory("--cni-conf-dir", "where the container runtime looks for its network configuration", "/etc/cni/net.d");

    public static Option<string> CniBinDir() => Directory("--cni-bin-dir", "where the container runtime looks for plugins", "/opt/cni/bin");

    public static Option<string> Agent() => new("--agent")
    {
        Description = "the agent's health address",
        HelpName = "IP:PORT",
        DefaultValueFactory = _ => "127.0.0.1:9869",
    };

    /// <exception cref="CtlException">It is none.</exception>
    public static IPEndPoint ParseAgent(string text) =>
        IPEndPoint.TryParse(text, out IPEndPoint? parsed) ? parsed : throw new CtlException($"--agent {text}: not an address and port such as 127.0.0.1:9869");

    public static Option<string> Directory(string name, string description, string value) => new(name)
    {
        Description = description,
        HelpName = "DIR",
        DefaultValueFactory = _ => value,
    };
}
