using System.Collections.Concurrent;
using System.Diagnostics;

namespace Netweir.Loader.Tests;

/// <summary>Compiles the small C programs beside the tests.</summary>
internal static class TestObjects
{
    private static readonly ConcurrentDictionary<string, Lazy<BpfObjectFile>> s_compiled = new();

    public static BpfObjectFile Compile(string source, params string[] flags) =>
        s_compiled.GetOrAdd($"{source} {string.Join(' ', flags)}", _ => new Lazy<BpfObjectFile>(() => Build(source, flags))).Value;

    private static BpfObjectFile Build(string source, string[] flags)
    {
        string output = Path.Combine(Path.GetTempPath(), $"nw-test-{Guid.NewGuid():N}.o");
        try
        {
            string[] arguments = ["-g", "-O2", "-target", "bpf", "-mcpu=v3", "-idirafter", $"/usr/include/{Multiarch}", .. flags,
                "-c", Path.Combine(AppContext.BaseDirectory, "Bpf", source), "-o", output];
            Shell.Run("clang", arguments);
            return BpfObjectFile.Read(output);
        }
        finally
        {
            File.Delete(output);
        }
    }

    private static string Multiarch { get; } = Shell.Run("gcc", "-print-multiarch").Trim();
}
