namespace Netweir.NodeState;

/// <summary>What a <see cref="LedgerEntry"/> is about. Text and not an enum: a ledger may have been written by a later version.</summary>
public static class LedgerKind
{
    /// <summary>A directory that was not there before; it is removed when it is empty.</summary>
    public const string Directory = "directory";

    /// <summary>A file of Netweir's own.</summary>
    public const string File = "file";

    /// <summary>The file that makes the container runtime call netweir-cni.</summary>
    public const string CniConfig = "cni-config";

    /// <summary>A file of somebody else that was moved aside; the detail is where to.</summary>
    public const string Moved = "moved";

    /// <summary>A bpffs that was mounted.</summary>
    public const string Mount = "mount";

    /// <summary>The directory that maps, programs and links are pinned in.</summary>
    public const string BpfRoot = "bpf-root";

    /// <summary>A network device; the detail is its kind.</summary>
    public const string Device = "device";

    /// <summary>A kernel setting: the detail is Netweir's value.</summary>
    public const string Sysctl = "sysctl";

    /// <summary>Offload sizes of somebody else's device; the name is its ifindex, the detail Netweir's sizes.</summary>
    public const string Offload = "offload";

    /// <summary>clsact on somebody else's device; the detail is the device's ifindex.</summary>
    public const string Qdisc = "qdisc";

    /// <summary>All routes of protocol Netweir in the named table.</summary>
    public const string Routes = "routes";

    /// <summary>All routing rules of protocol Netweir.</summary>
    public const string Rules = "rules";

    /// <summary>Netweir's rules in somebody else's nftables chain.</summary>
    public const string Firewall = "firewall";

    /// <summary>Whether a reboot undoes it by itself. Files and directories outlive a boot.</summary>
    public static bool EndsWithBoot(string kind) => kind is Mount or BpfRoot or Device or Sysctl or Offload or Qdisc or Routes or Rules or Firewall;
}
