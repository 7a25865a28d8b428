using System.Text.Json.Serialization;

namespace Netweir.Kube;

/// <summary>apps/v1 DaemonSet.</summary>
public sealed record DaemonSet : IKubeObject
{
    private readonly ObjectMeta _metadata = ObjectMeta.Empty;
    private readonly DaemonSetSpec _spec = DaemonSetSpec.Empty;
    private readonly DaemonSetStatus _status = DaemonSetStatus.Empty;

    public ObjectMeta Metadata { get => _metadata; init => _metadata = value ?? ObjectMeta.Empty; }

    public DaemonSetSpec Spec { get => _spec; init => _spec = value ?? DaemonSetSpec.Empty; }

    public DaemonSetStatus Status { get => _status; init => _status = value ?? DaemonSetStatus.Empty; }

    /// <summary>The controller has seen this spec; the numbers in the status are about it.</summary>
    [JsonIgnore]
    public bool IsObserved => Status.ObservedGeneration >= Metadata.Generation;

    /// <summary>Every node that is to have a pod has one of this spec, which is ready.</summary>
    [JsonIgnore]
    public bool IsRolledOut => IsObserved && Status.DesiredNumberScheduled > 0
        && Status.UpdatedNumberScheduled == Status.DesiredNumberScheduled && Status.NumberReady == Status.DesiredNumberScheduled;
}
