using System.Reflection;
using System.Reflection.Emit;
using System.Text;
using LibBpf.Interop;

namespace Netweir.Loader.Tests;

/// <summary>
/// Compares the bindings with the installed C headers. The bindings are of libbpf 1.5, the installed headers may be older: only fields and constants that
/// the loader uses are compared, because an older header lacks later ones; and no sizes of *_opts and *_info, because both carry their length and may
/// grow at the end. What no old header knows (TCX) is proved by attaching on the kernel.
/// </summary>
public sealed class InteropLayoutTests
{
    private static readonly Dictionary<Type, string[]> s_used = new()
    {
        [typeof(bpf_object_open_opts)] = ["sz", "object_name", "relaxed_maps", "pin_root_path", "kernel_log_buf", "kernel_log_size", "kernel_log_level"],
        [typeof(bpf_test_run_opts)] = ["sz", "data_in", "data_out", "data_size_in", "data_size_out", "ctx_in", "ctx_out", "ctx_size_in", "ctx_size_out", "retval", "repeat", "duration"],
        [typeof(bpf_map_batch_opts)] = ["sz", "elem_flags", "flags"],
        [typeof(bpf_map_info)] = ["type", "id", "key_size", "value_size", "max_entries", "map_flags", "name", "btf_id", "btf_key_type_id", "btf_value_type_id"],
        [typeof(bpf_prog_info)] = ["type", "id", "tag", "load_time"],
        [typeof(bpf_link_info)] = ["type", "id", "prog_id"],
        [typeof(bpf_btf_info)] = ["btf", "btf_size", "id"],
        [typeof(SkBuff)] = ["mark", "priority", "ingress_ifindex", "ifindex", "cb", "tstamp", "gso_segs", "gso_size", "hwtstamp"],
    };

    [Fact]
    public void Bindings_agree_with_the_installed_headers()
    {
        (int exit, string errors) = Compile(Assertions());

        Assert.True(exit == 0, errors);
    }

    [Fact]
    public void Comparison_notices_a_field_that_lies_elsewhere()
    {
        (int exit, string errors) = Compile(Assertions() + "_Static_assert(offsetof(struct bpf_map_info, id) == 5, \"moved\");\n");

        Assert.NotEqual(0, exit);
        Assert.Contains("moved", errors, StringComparison.Ordinal);
    }

    private static string Assertions()
    {
        var text = new StringBuilder("#include <stddef.h>\n#include <linux/bpf.h>\n#include <bpf/bpf.h>\n#include <bpf/libbpf.h>\n");
        text.Append("_Static_assert(sizeof(struct __sk_buff) == ").Append(System.Runtime.CompilerServices.Unsafe.SizeOf<SkBuff>()).Append(", \"__sk_buff\");\n");
        foreach ((Type type, string[] fields) in s_used)
        {
            string name = type == typeof(SkBuff) ? "__sk_buff" : type.Name;
            foreach (string field in fields)
            {
                text.Append($"_Static_assert(offsetof(struct {name}, {field}) == {Offset(type, field)}, \"{name}.{field}\");\n");
            }
        }

        foreach (bpf_map_type type in Maps.MapSpecs.All.Select(m => m.Type).Distinct())
        {
            text.Append($"_Static_assert({type} == {(int)type}, \"{type}\");\n");
        }

        return text.ToString();
    }

    private static (int Exit, string Errors) Compile(string source)
    {
        string file = Path.Combine(Path.GetTempPath(), $"nw-layout-{Guid.NewGuid():N}.c");
        try
        {
            File.WriteAllText(file, source);
            (int exit, _, string error) = Shell.Try("gcc", "-std=gnu11", "-fsyntax-only", file);
            return (exit, error);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static int Offset(Type type, string field)
    {
        FieldInfo info = type.GetField(field) ?? throw new MissingFieldException(type.Name, field);
        var method = new DynamicMethod("offset", typeof(int), null, typeof(InteropLayoutTests).Module, skipVisibility: true);
        ILGenerator il = method.GetILGenerator();
        il.DeclareLocal(type);
        il.Emit(OpCodes.Ldloca_S, (byte)0);
        il.Emit(OpCodes.Ldflda, info);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Ldloca_S, (byte)0);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Conv_I4);
        il.Emit(OpCodes.Ret);
        return (int)method.Invoke(null, null)!;
    }
}
