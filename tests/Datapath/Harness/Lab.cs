using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Netweir.Datapath.Tests.Harness;

/// <summary>
/// One thread in a nameless network namespace, in which the hooks run: it has the devices and routes that packets claim to come from and
/// that the kernel's route look-up finds. Nothing in it ever changes, so all tests share it. It ends with the process.
/// </summary>
internal static partial class Lab
{
    private const int CloneNewNetwork = 0x40000000;
    private static readonly BlockingCollection<Action> Work = [];
    private static readonly Lazy<Exception?> Started = new(Start);

    public static T Run<T>(Func<T> function)
    {
        if (Started.Value is { } failure)
        {
            throw new InvalidOperationException("The namespace for the hooks could not be set up: run the tests as root.", failure);
        }
        T result = default!;
        ExceptionDispatchInfo? error = null;
        using var done = new ManualResetEventSlim();
        Work.Add(() =>
        {
            try
            {
                result = function();
            }
            catch (Exception e)
            {
                error = ExceptionDispatchInfo.Capture(e);
            }
            finally
            {
                done.Set();
            }
        });
        Assert.True(done.Wait(TimeSpan.FromSeconds(60)), "The hooks did not return within 60 s.");
        error?.Throw();
        return result;
    }

    private static Exception? Start()
    {
        var ready = new TaskCompletionSource<Exception?>();
        new Thread(() =>
        {
            try
            {
                SetUp();
                ready.SetResult(null);
            }
            catch (Exception e)
            {
                ready.SetResult(e);
                return;
            }
            foreach (var action in Work.GetConsumingEnumerable())
            {
                action();
            }
        })
        { IsBackground = true, Name = "lab" }.Start();
        return ready.Task.Wait(TimeSpan.FromSeconds(20)) ? ready.Task.Result : new TimeoutException("no answer within 20 s");
    }

    private static void SetUp()
    {
        if (unshare(CloneNewNetwork) != 0)
        {
            throw new InvalidOperationException($"unshare failed with errno {Marshal.GetLastPInvokeError()}");
        }
        StayOnThisCpu();
        List<string> commands = ["link set lo up"];
        foreach (var device in Enum.GetValues<Device>().Where(d => d != Device.Loopback))
        {
            commands.Add($"link add {Name(device)} index {(int)device} type veth peer name {Name(device)}-end");
            commands.Add($"link set {Name(device)}-end up");
            commands.Add($"link set {Name(device)} up");
        }
        commands.Add($"link set uplink address {TestNode.UplinkMac}");
        commands.Add("addr add 192.0.2.1/24 dev uplink");
        commands.Add("addr add 2001:db8::1/64 dev uplink nodad");
        commands.Add("neigh add 192.0.2.254 lladdr 02:00:00:00:fe:01 dev uplink nud permanent");
        commands.Add("neigh add 2001:db8::fe lladdr 02:00:00:00:fe:01 dev uplink nud permanent");
        commands.Add("route add default via 192.0.2.254");
        commands.Add("-6 route add default via 2001:db8::fe dev uplink");
        foreach (var (net, family) in new[] { (Net.V4, "-4"), (Net.V6, "-6") })
        {
            commands.Add($"{family} rule add from {net.PodsA} to {net.WorldForPods} lookup main pref 10");
            commands.Add($"{family} rule add to {net.WorldForPods} unreachable pref 20");
        }
        commands.ForEach(Ip);
        Sysctl("ipv4/conf/all/forwarding");
        Sysctl("ipv6/conf/all/forwarding");
    }

    /// <summary>What the hooks remember on each CPU, one packet then finds as the one before left it.</summary>
    private static unsafe void StayOnThisCpu()
    {
        const int longs = 16; // 1,024 CPUs, as the C library has it
        var cpu = sched_getcpu();
        var mask = stackalloc ulong[longs];
        new Span<ulong>(mask, longs).Clear();
        mask[cpu / 64] = 1UL << (cpu % 64);
        if (sched_setaffinity(0, longs * sizeof(ulong), mask) != 0)
        {
            throw new InvalidOperationException($"sched_setaffinity to CPU {cpu} failed with errno {Marshal.GetLastPInvokeError()}");
        }
    }

    private static string Name(Device device) => device.ToString().ToLowerInvariant();

    /// <summary>/proc/thread-self/net shows this thread's namespace; /proc/sys follows the opening thread as well.</summary>
    private static void Sysctl(string name) => File.WriteAllText($"/proc/sys/net/{name}", "1");

    private static void Ip(string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"ip {arguments}: {error}");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);

    [LibraryImport("libc")]
    private static partial int sched_getcpu();

    /// <param name="thread">0: the calling one.</param>
    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int sched_setaffinity(int thread, nuint size, ulong* mask);
}
