using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Netweir.Netlink;
using Netweir.Support.Lab;

namespace Netweir.Bench;

/// <summary>A CNI plugin as a process, from before its start to the end of its output.</summary>
internal sealed class PluginSubject(string name, string executable, string pluginPath, JsonObject configuration, NetworkNamespace node) : ICniSubject
{
    public string Name => name;

    public NetworkNamespace Node => node;

    public double Add(PodCall pod)
    {
        var (took, output) = Call("ADD", pod, configuration);
        pod.Result = output;
        return took;
    }

    public double Delete(PodCall pod)
    {
        var with = configuration.DeepClone().AsObject();
        with["prevResult"] = JsonNode.Parse(pod.Result);
        return Call("DEL", pod, with).Milliseconds;
    }

    private (double Milliseconds, string Output) Call(string verb, PodCall pod, JsonObject input)
    {
        var info = new ProcessStartInfo(executable) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (variable, value) in pod.Environment(verb, pluginPath))
        {
            info.Environment[variable] = value;
        }

        var text = Encoding.UTF8.GetBytes(input.ToJsonString());
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(info) ?? throw new LabException($"{executable} did not start");
        Give(process, text);
        var output = process.StandardOutput.ReadToEnd();
        var took = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        process.WaitForExit();
        return process.ExitCode == 0 ? (took, output) : throw new LabException($"{name} {verb}: exit code {process.ExitCode}: {output}");
    }

    private static void Give(Process process, byte[] text)
    {
        try
        {
            process.StandardInput.BaseStream.Write(text);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading, and says why.
        }
    }
}
