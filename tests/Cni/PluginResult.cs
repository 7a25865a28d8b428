using System.Text;
using System.Text.Json;

namespace Netweir.Cni.Tests;

/// <summary>What a runtime sees of a call.</summary>
internal sealed record PluginResult(int ExitCode, string Text, string Log)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public int ErrorCode => Json.GetProperty("code").GetInt32();

    public string Message => Json.GetProperty("msg").GetString()!;

    /// <summary>Calls the dispatcher with an environment and input that are only in memory.</summary>
    public static PluginResult Of(Dictionary<string, string> environment, string input)
    {
        using var output = new MemoryStream();
        using var log = new MemoryStream();
        int exitCode = Plugin.Run(name => environment.GetValueOrDefault(name), new MemoryStream(Encoding.UTF8.GetBytes(input)), output, log);
        return new PluginResult(exitCode, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(log.ToArray()));
    }
}
