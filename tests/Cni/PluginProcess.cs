using System.Diagnostics;

namespace Netweir.Cni.Tests;

/// <summary>The plugin as the runtime runs it. NETWEIR_CNI names the executable; without it the JIT build runs.</summary>
internal sealed class PluginProcess : IDisposable
{
    private static readonly string? Executable = Environment.GetEnvironmentVariable("NETWEIR_CNI");
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _log;

    private PluginProcess(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _log = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Whether the executable is compiled ahead of time: then it starts in milliseconds and takes little memory.</summary>
    public static bool IsNative => Executable is not null;

    /// <summary>It runs in the node's network namespace, and has got its whole input when this returns.</summary>
    public static PluginProcess Start(TestNode node, string command, string containerId, TestNamespace? pod, string config)
    {
        var start = new ProcessStartInfo(Executable ?? "dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        if (Executable is null)
        {
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "netweir-cni.dll"));
        }

        foreach ((string name, string value) in TestNode.Environment(command, containerId, pod?.Path))
        {
            start.Environment[name] = value;
        }

        // A child starts in the namespace of the thread that starts it.
        var process = new PluginProcess(node.Host.Handle.Run(() => Process.Start(start)!));
        process._process.StandardInput.Write(config);
        process._process.StandardInput.Close();
        return process;
    }

    /// <summary>Waits for its end; kills it when it takes longer.</summary>
    public PluginResult Result(TimeSpan timeout)
    {
        if (!_process.WaitForExit(timeout))
        {
            Kill();
        }

        return new PluginResult(_process.ExitCode, _output.Result, _log.Result);
    }

    /// <summary>SIGKILL, unless it ended before. Returns when the process is gone.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose() => _process.Dispose();
}
