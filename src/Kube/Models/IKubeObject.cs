namespace Netweir.Kube;

/// <summary>What every typed object has.</summary>
public interface IKubeObject
{
    ObjectMeta Metadata { get; }
}
