using System.Collections.Concurrent;
using Netweir.Loader;
using Netweir.Support.Lab;

namespace Netweir.Support.Bpf;

/// <summary>Compiles the small C programs beside the tests.</summary>
public static class BpfCompiler
{
    private static readonly ConcurrentDictionary<string, Lazy<BpfObjectFile>> Compiled = new();
    private static readonly Lazy<string> Multiarch = new(() => Command.Run(["gcc", "-print-multiarch"]).Checked().Output.Trim());

    /// <param name="source">Below the running test's directory.</param>
    public static BpfObjectFile Compile(string source, params string[] flags) =>
        Compiled.GetOrAdd($"{source} {string.Join(' ', flags)}", _ => new Lazy<BpfObjectFile>(() => Build(source, flags))).Value;

    private static BpfObjectFile Build(string source, string[] flags)
    {
        var output = Path.Combine(Path.GetTempPath(), $"nw-test-{Guid.NewGuid():N}.o");
        try
        {
            Command.Run(
                ["clang", "-g", "-O2", "-target", "bpf", "-mcpu=v3", "-idirafter", $"/usr/include/{Multiarch.Value}", .. flags,
                    "-c", Path.Combine(AppContext.BaseDirectory, source), "-o", output],
                timeout: TimeSpan.FromSeconds(60)).Checked();
            return BpfObjectFile.Read(output);
        }
        finally
        {
            File.Delete(output);
        }
    }
}
