using System.Text.RegularExpressions;
using Netweir.Loader;
using Netweir.Support.Lab;

namespace Netweir.E2e.Tests;

/// <summary>The datapath as another version could have been: entries laid out differently, fields of other widths, tables of other sizes.</summary>
internal static class OtherVersion
{
    private static readonly Lazy<BpfObjectFile> Compiled = new(Compile);

    public static BpfObjectFile Object => Compiled.Value;

    private static BpfObjectFile Compile()
    {
        var copy = Directory.CreateTempSubdirectory("nw-other-version-");
        try
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(RepositoryRoot(), "bpf")))
            {
                File.Copy(file, Path.Combine(copy.FullName, Path.GetFileName(file)));
            }

            Change(copy, "conntrack_map.h", @"struct conntrack_entry \{.*?\n\};\n_Static_assert\(sizeof\(struct conntrack_entry\) == 64", """
                struct conntrack_entry {
                	__u64 last_seen;
                	__u64 packets;
                	__u64 flags;
                	__u32 generation;
                	__u32 backend;
                	__u32 service;
                	__u32 weight;
                	struct tuple target;
                };
                _Static_assert(sizeof(struct conntrack_entry) == 80
                """);
            Change(copy, "conntrack_map.h", "max_entries, 262144", "max_entries, 393216");
            Change(copy, "services.h", @"\t__u32 pad;\n\};\n_Static_assert\(sizeof\(struct frontend\) == 32", "\t__u32 pad;\n\t__u64 created;\n};\n_Static_assert(sizeof(struct frontend) == 40");
            Change(copy, "services.h", @"struct backend \{\n", "struct backend {\n\t__u32 weight;\n");
            Change(copy, "services.h", "max_entries, 131072", "max_entries, 65536");
            Change(copy, "services.h", "max_entries, 1048576", "max_entries, 524288");
            Change(copy, "services.h", "__u64 last_used; ", "__u32 zone; __u32 pad; __u64 last_used; ");
            Change(copy, "endpoints.h", "max_entries, 4096", "max_entries, 2048");
            Command.Run(["make", "-C", copy.FullName, $"OUT={copy.FullName}"], timeout: TimeSpan.FromMinutes(2)).Checked();
            return BpfObjectFile.Read(Path.Combine(copy.FullName, "netweir.bpf.o"));
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    private static void Change(DirectoryInfo directory, string file, string pattern, string replacement)
    {
        var path = Path.Combine(directory.FullName, file);
        var before = File.ReadAllText(path);
        var after = Regex.Replace(before, pattern, replacement, RegexOptions.Singleline);
        Assert.True(before != after, $"bpf/{file} has no '{pattern}' any more: change {nameof(OtherVersion)} with it");
        File.WriteAllText(path, after);
    }

    private static string RepositoryRoot()
    {
        for (var directory = AppContext.BaseDirectory; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (File.Exists(Path.Combine(directory, "Netweir.slnx")))
            {
                return directory;
            }
        }

        throw new DirectoryNotFoundException($"the repository is not above {AppContext.BaseDirectory}");
    }
}
