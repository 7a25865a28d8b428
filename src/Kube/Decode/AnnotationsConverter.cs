namespace Netweir.Kube;

/// <summary>Reads annotations without the copy of the whole object that kubectl keeps among them.</summary>
internal sealed class AnnotationsConverter() : StringMapConverter("kubectl.kubernetes.io/last-applied-configuration");
