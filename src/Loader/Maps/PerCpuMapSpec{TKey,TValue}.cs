namespace Netweir.Loader;

/// <summary>The declaration of a per-CPU map whose key and value types are known.</summary>
public sealed record PerCpuMapSpec<TKey, TValue> : MapSpec
    where TKey : unmanaged
    where TValue : unmanaged
{
    /// <inheritdoc cref="MapSpec{TKey, TValue}.OpenPinned(string)"/>
    public PerCpuBpfMap<TKey, TValue> OpenPinned(string root) => BpfMap.OpenPinnedPerCpu<TKey, TValue>(BpfPaths.Map(root, Name), Name);
}
