using System.Text.Json;
using Netweir.Endpoints;

namespace Netweir.Cni.Tests;

/// <summary>What the plugin does where there is no room: in nw_endpoints, and on the disk.</summary>
public sealed class FullTests
{
    /// <summary>Bytes of a page: what a file takes of a tmpfs.</summary>
    private const int Page = 4096;

    [Theory]
    [InlineData(2u)]
    [InlineData(3u)] // room for one of the second pod's two addresses
    public void Add_refuses_when_nw_endpoints_is_full_and_leaves_nothing(uint entries)
    {
        using var node = new TestNode(endpoints: entries);
        TestNamespace first = node.NewPod(), second = node.NewPod();
        JsonElement added = node.Add("c1", first);

        PluginResult refused = node.Run("ADD", "c2", second);

        Assert.Equal(101, refused.ErrorCode);
        Assert.Equal($"map nw_endpoints is full ({entries} entries): there is no room for this pod's addresses", refused.Message);
        Assert.Contains("--map-size nw_endpoints=N", refused.Json.GetProperty("details").GetString(), StringComparison.Ordinal);
        Assert.Null(second.Netlink.Links.Find("eth0"));
        EndpointRecord kept = Assert.Single(node.Store.List());
        Assert.Equal("c1", kept.ContainerId);
        Assert.Equal(2, Directory.GetFiles(Path.Combine(node.StateDir, "addresses")).Length);
        Assert.Equal(0, node.Check("c1", first, added).ExitCode);

        Assert.Equal(0, node.Run("DEL", "c1", first).ExitCode);
        node.Add("c2", second);
        Assert.Equal(0, node.Run("DEL", "c2", second).ExitCode);
        node.AssertEmpty();
    }

    /// <summary>At each number of pages that are left, another write is the one that fails.</summary>
    [Fact]
    public void Add_on_a_full_disk_says_so_and_leaves_nothing_and_Del_and_Status_work()
    {
        using var node = new TestNode();
        using var disk = SmallDisk.Mount(node.StateDir, pages: 24);
        TestNamespace first = node.NewPod(), second = node.NewPod();
        JsonElement added = node.Add("c1", first);
        var refusals = 0;
        for (int pages = 0; pages < 12; pages++)
        {
            disk.LeaveFree(pages);
            PluginResult result = node.Run("ADD", "c2", second);
            if (result.ExitCode == 0)
            {
                Assert.Equal(0, node.Run("DEL", "c2", second).ExitCode);
                continue;
            }

            refusals++;
            Assert.True(result.ErrorCode == 5, $"{pages} pages free: {result.Text}");
            Assert.Contains("No space left on device", result.Message, StringComparison.Ordinal);
            Assert.Contains(node.StateDir, result.Message, StringComparison.Ordinal);
            Assert.Contains("make room", result.Json.GetProperty("details").GetString(), StringComparison.Ordinal);
            AssertOnlyFirst(node, second, $"{pages} pages free");
        }

        Assert.InRange(refusals, 2, 11);
        disk.LeaveFree(0);
        Assert.Equal(0, node.Check("c1", first, added).ExitCode);
        Assert.Equal(0, node.Run("STATUS", string.Empty, null).ExitCode);
        Assert.Equal(0, node.Run("DEL", "c1", first).ExitCode);
        node.AssertEmpty();
        disk.Empty();
        node.Add("c2", second);
        Assert.Equal(0, node.Run("DEL", "c2", second).ExitCode);
    }

    /// <summary>No inode is left, while there is room: not even an empty file can be made.</summary>
    [Fact]
    public void Add_without_inodes_says_so_and_leaves_nothing()
    {
        using var node = new TestNode();
        using var disk = SmallDisk.Mount(node.StateDir, pages: 64, inodes: 18);
        TestNamespace first = node.NewPod(), second = node.NewPod();
        node.Add("c1", first);
        disk.TakeInodes();

        PluginResult refused = node.Run("ADD", "c2", second);

        Assert.Equal(5, refused.ErrorCode);
        Assert.Contains("No space left on device", refused.Message, StringComparison.Ordinal);
        AssertOnlyFirst(node, second, "no inodes");
        Assert.Equal(0, node.Run("DEL", "c1", first).ExitCode);
        node.AssertEmpty();
        disk.Empty();
        node.Add("c2", second);
        Assert.Equal(0, node.Run("DEL", "c2", second).ExitCode);
    }

    private static void AssertOnlyFirst(TestNode node, TestNamespace second, string when)
    {
        Assert.True(second.Netlink.Links.Find("eth0") is null, $"{when}: the pod has an interface");
        Assert.Equal(["c1"], node.Store.List().Select(r => r.ContainerId));
        Assert.Equal(2, Directory.GetFiles(Path.Combine(node.StateDir, "addresses")).Length);
        Assert.Single(Directory.GetFiles(Path.Combine(node.StateDir, "endpoints")));
        Assert.Single(node.Host.Netlink.Links.List(), l => l.Kind == "veth");
        using EndpointMap map = node.OpenMap();
        Assert.Equal(2, map.Addresses().Count);
    }

    /// <summary>A tmpfs that tests fill.</summary>
    private sealed class SmallDisk : IDisposable
    {
        private readonly string _directory;

        private SmallDisk(string directory) => _directory = directory;

        public static SmallDisk Mount(string directory, int pages, int inodes = 1000)
        {
            Directory.CreateDirectory(directory);
            BpfTestSyscall.MountTmpfs(directory, $"size={pages * Page},nr_inodes={inodes}");
            return new SmallDisk(directory);
        }

        /// <summary>Fills it but for so many pages.</summary>
        public void LeaveFree(int pages)
        {
            Empty();
            long free = new DriveInfo(_directory).AvailableFreeSpace;
            File.WriteAllBytes(Path.Combine(_directory, "ballast"), new byte[free - (pages * Page)]);
            Assert.Equal(pages * Page, new DriveInfo(_directory).AvailableFreeSpace);
        }

        public void TakeInodes()
        {
            Directory.CreateDirectory(Path.Combine(_directory, "many"));
            try
            {
                for (int i = 0; i < 1000; i++)
                {
                    File.WriteAllBytes(Path.Combine(_directory, "many", $"{i}"), []);
                }
            }
            catch (IOException)
            {
                return;
            }

            Assert.Fail("inodes did not run out");
        }

        public void Empty()
        {
            File.Delete(Path.Combine(_directory, "ballast"));
            if (Directory.Exists(Path.Combine(_directory, "many")))
            {
                Directory.Delete(Path.Combine(_directory, "many"), recursive: true);
            }
        }

        public void Dispose() => BpfTestSyscall.Unmount(_directory);
    }
}
