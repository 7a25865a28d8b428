namespace Netweir.Kube;

internal sealed class LabelsConverter() : StringMapConverter(passedOver: null);
