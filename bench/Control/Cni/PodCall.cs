using System.Security.Cryptography;

namespace Netweir.Bench;

/// <summary>A pod that a plugin is called for.</summary>
internal sealed record PodCall(string Name, string NamespacePath)
{
    public string ContainerId { get; } = RandomNumberGenerator.GetHexString(64, lowercase: true);

    /// <summary>What ADD printed, for DEL.</summary>
    public string Result { get; set; } = "";

    public Dictionary<string, string> Environment(string verb, string path) => new()
    {
        ["CNI_COMMAND"] = verb,
        ["CNI_PATH"] = path,
        ["CNI_CONTAINERID"] = ContainerId,
        ["CNI_NETNS"] = NamespacePath,
        ["CNI_IFNAME"] = "eth0",
        ["CNI_ARGS"] = $"IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME={Name};K8S_POD_INFRA_CONTAINER_ID={ContainerId};K8S_POD_UID=0",
    };
}
