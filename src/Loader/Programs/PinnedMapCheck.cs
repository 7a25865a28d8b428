namespace Netweir.Loader;

/// <summary>May a pinned map be used for a declared one? Sizes must agree, and so must the fields where the kernel has both maps' BTF.</summary>
internal static class PinnedMapCheck
{
    /// <returns>null: it may, or nothing is pinned there.</returns>
    public static MapDifference? Compare(string path, MapSpec spec, Btf btf)
    {
        string target = $"map {spec.Name}";
        using BpfFd? fd = BpfFd.TryOpenPinned(path, target);
        if (fd is null)
        {
            return null;
        }

        MapInfo info = MapInfo.Of(fd, target);
        string wanted = MapLayout.Describe(spec.Type, spec.KeySize, spec.ValueSize, spec.MaxEntries, spec.MapFlags);
        string found = info.Describe();
        bool entriesOnly = found == MapLayout.Describe(spec.Type, spec.KeySize, spec.ValueSize, info.MaxEntries, spec.MapFlags);
        if (info.BtfId != 0 && info.ValueTypeId != 0 && spec.KeyType != 0 && spec.ValueType != 0)
        {
            Btf other = KernelBtf.Read(info.BtfId, target);
            string wantedFields = $"{MapLayout.Describe(btf, spec.KeyType)} -> {MapLayout.Describe(btf, spec.ValueType)}";
            string foundFields = $"{MapLayout.Describe(other, info.KeyTypeId)} -> {MapLayout.Describe(other, info.ValueTypeId)}";
            if (wantedFields != foundFields)
            {
                entriesOnly = false;
                (wanted, found) = ($"{wanted}, {wantedFields}", $"{found}, {foundFields}");
            }
        }

        return wanted == found ? null : new MapDifference(spec.Name, path, wanted, found, entriesOnly);
    }
}
