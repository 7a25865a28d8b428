namespace Netweir.Support.Lab;

/// <summary>
/// The product's executables: those in the folder that NETWEIR_IMAGE names, else the NativeAOT ones in artifacts/image, else what
/// <c>dotnet build</c> made.
/// </summary>
public sealed record LabPrograms
{
    /// <summary>Command and leading arguments.</summary>
    public required IReadOnlyList<string> Agent { get; init; }

    public required IReadOnlyList<string> Cni { get; init; }

    public required IReadOnlyList<string> Ctl { get; init; }

    /// <summary>The compiled datapath.</summary>
    public required string BpfObject { get; init; }

    public static LabPrograms Find()
    {
        var artifacts = Path.Combine(RepositoryRoot(), "artifacts");
        var image = Environment.GetEnvironmentVariable("NETWEIR_IMAGE") is { Length: > 0 } given ? given : Path.Combine(artifacts, "image");
        var objects = new[] { Path.Combine(image, "netweir.bpf.o"), Path.Combine(artifacts, "bpf", "netweir.bpf.o") };
        return new LabPrograms
        {
            Agent = Find(artifacts, image, "Controller", "netweir-agent"),
            Cni = Find(artifacts, image, "Cni", "netweir-cni"),
            Ctl = Find(artifacts, image, "Ctl", "ctl"),
            BpfObject = Array.Find(objects, File.Exists) ?? throw new LabException($"none of {string.Join(", ", objects)} exists: run 'make bpf'"),
        };
    }

    private static string[] Find(string artifacts, string image, string project, string name)
    {
        var native = Path.Combine(image, name);
        if (File.Exists(native))
        {
            return [native];
        }

        var output = Environment.GetEnvironmentVariable("NETWEIR_ARTIFACTS") is { Length: > 0 } given ? given : artifacts;
        string[] assemblies = [.. new[] { "release", "debug" }.Select(c => Path.Combine(output, "net10.0", "bin", project, c, name + ".dll"))];
        return Array.Find(assemblies, File.Exists) is { } assembly
            ? ["dotnet", assembly]
            : throw new LabException($"neither {native} nor {assemblies[0]} exists: run 'make aot', or 'make build'");
    }

    private static string RepositoryRoot()
    {
        foreach (var start in new[] { AppContext.BaseDirectory, Environment.CurrentDirectory })
        {
            for (var directory = start; directory is not null; directory = Path.GetDirectoryName(directory))
            {
                if (File.Exists(Path.Combine(directory, "Netweir.slnx")))
                {
                    return directory;
                }
            }
        }

        return Environment.GetEnvironmentVariable("NETWEIR_ROOT")
            ?? throw new LabException("the repository is neither above this program nor above the current directory: set NETWEIR_ROOT to it");
    }
}
