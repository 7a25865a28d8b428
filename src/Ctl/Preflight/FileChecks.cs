using System.Globalization;
using Netweir.Kube;
using Netweir.Loader;
using Netweir.NodeState;

namespace Netweir.Ctl;

/// <summary>File systems and files of the node.</summary>
internal sealed class FileChecks(PreflightPlaces places)
{
    private const string BpfFileSystem = "/sys/fs/bpf";
    private const long Mebibyte = 1024 * 1024;

    public IReadOnlyList<Check> All =>
    [
        new("BPF file system", Pins), new("CNI plugin directory", () => Writable("CNI plugin directory", places.CniBinDir)),
        new("CNI configuration directory", () => Writable("CNI configuration directory", places.CniConfDir)),
        new("disk space", () => Space(places.Paths.StateDirectory)), new("kubelet's kubeconfig", Kubeconfig), new("clock", Clock),
    ];

    private CheckResult Pins()
    {
        string path = Nearest(places.Paths.BpfRoot.StartsWith(BpfFileSystem + "/", StringComparison.Ordinal) ? places.Host.Of(BpfFileSystem) : places.Paths.BpfRoot);
        if (BpfFs.IsMounted(path))
        {
            return new CheckResult("BPF file system", $"mounted at {path}");
        }

        int errno = BpfFs.TryMount(path);
        return errno == 0
            ? new CheckResult("BPF file system", $"not mounted at {path}, can be", new Finding(
                Severity.Info, "bpffs", $"no BPF file system is mounted at {path}", "none: 'ctl prepare-node', which the DaemonSet runs, mounts it", $"mount -t bpf bpf {BpfFileSystem}"))
            : new CheckResult("BPF file system", $"cannot be mounted at {path}", new Finding(
                Severity.Error,
                "bpffs",
                $"no BPF file system is mounted at {path}, and none can be: {BpfErrno.Name(errno)}",
                "the datapath would end with the agent: it has nowhere to be pinned",
                $"mount -t bpf bpf {BpfFileSystem}, on the node, by its init system; in a container: privileged, with {BpfFileSystem} from the node"));
    }

    private CheckResult Writable(string name, string directory)
    {
        bool exists = Directory.Exists(places.Host.Of(directory));
        return MountTable.Read(places.Host).IsReadOnly(directory)
            ? new CheckResult(name, $"{directory} is read-only", new Finding(
                Severity.Error,
                "cni",
                $"{directory} is on a file system that is mounted read-only on the node",
                "Netweir's plugin or its configuration cannot be put where the container runtime looks for it",
                "give the directory that the runtime uses on this distribution (chart values cniBinDir and cniConfDir; containerd: bin_dir and conf_dir below [plugins...cni])"))
            : new CheckResult(name, exists ? directory : $"{directory}, which is made when it is needed");
    }

    internal static CheckResult Space(string directory)
    {
        var drive = new DriveInfo(Nearest(directory));
        long free = drive.AvailableFreeSpace / Mebibyte;
        string detail = string.Create(CultureInfo.InvariantCulture, $"{free} MiB free for {directory}");
        return free >= 64 ? new CheckResult("disk space", detail) : new CheckResult("disk space", detail, new Finding(
            free < 4 ? Severity.Error : Severity.Warning,
            "disk",
            detail,
            "a pod whose record cannot be written is refused",
            $"free space on the file system of {directory} (df {directory}); Netweir needs some KiB for each pod"));
    }

    private CheckResult Kubeconfig()
    {
        foreach (string place in KubeletKubeconfig.UsualPlaces.Select(places.Host.Of))
        {
            if (KubeletKubeconfig.TryServerOf(place) is { } server)
            {
                return new CheckResult("kubelet's kubeconfig", $"{place}: {server.AbsoluteUri}");
            }
        }

        return new CheckResult("kubelet's kubeconfig", "none found", new Finding(
            Severity.Warning,
            "kubelet",
            $"there is no kubelet's kubeconfig that names a server in {places.Host.Path} ({string.Join(", ", KubeletKubeconfig.UsualPlaces)})",
            "the agent does not find the API server by itself, and must not look for it behind a service that it serves",
            "give the agent --api-server https://ADDRESS:6443 (chart value args)"));
    }

    private CheckResult Clock()
    {
        DateTime now = DateTime.UtcNow;
        string detail = now.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        DateTime? latest = KubeletKubeconfig.UsualPlaces.Select(places.Host.Of).Where(File.Exists).Select(p => (DateTime?)File.GetLastWriteTimeUtc(p)).Max();
        return now.Year >= 2025 && (latest is null || latest <= now.AddMinutes(5)) ? new CheckResult("clock", detail) : new CheckResult("clock", detail, new Finding(
            Severity.Error,
            "clock",
            $"this node's clock says {detail}"
                + (latest > now ? string.Create(CultureInfo.InvariantCulture, $", which is before the kubelet's kubeconfig was written ({latest:yyyy-MM-dd HH:mm:ss}Z)") : ""),
            "certificates of the API server are not valid yet, so that the agent cannot speak to it",
            "set the clock, and let it be kept: systemctl enable --now chronyd, or systemd-timesyncd"));
    }

    private static string Nearest(string path)
    {
        while (!Directory.Exists(path))
        {
            path = Path.GetDirectoryName(path) ?? "/";
        }

        return path;
    }
}
