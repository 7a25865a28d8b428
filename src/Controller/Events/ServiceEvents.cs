using Netweir.Controller.Services;
using Netweir.Kube;

namespace Netweir.Controller;

/// <summary>Events on Services, and on the pods whose host ports are kept as services. <paramref name="find"/> is null for one that is gone.</summary>
internal sealed class ServiceEvents(IEventRecorder recorder, Func<ObjectKey, ObjectMeta?> find)
{
    private const string Program = "Program";

    /// <summary>Why a Service is not programmed as the API has it.</summary>
    public void Refused(Refusal refusal) => Warning(refusal.Service, ReasonOf(refusal.Reason), Program, $"{refusal.Extent}: {refusal.Detail}");

    /// <summary>One that is gone needs no Event.</summary>
    public void Recovered(ObjectKey service) => Normal(service, "Programmed", Program, "programmed again");

    public void Warning(ObjectKey service, string reason, string action, string note) => Record(service, EventType.Warning, reason, action, note);

    public void Normal(ObjectKey service, string reason, string action, string note) => Record(service, EventType.Normal, reason, action, note);

    private void Record(ObjectKey service, EventType type, string reason, string action, string note)
    {
        if (HostPortKey.PodOf(service) is { } pod)
        {
            recorder.Record(new EventSubject("Pod", pod, "", ""), type, reason, action, $"host ports: {note}");
        }
        else if (find(service) is { } metadata)
        {
            recorder.Record(new EventSubject("Service", service, metadata.Uid, metadata.ResourceVersion), type, reason, action, note);
        }
    }

    private static string ReasonOf(RefusalReason reason) => reason switch
    {
        RefusalReason.Conflict => "FrontendConflict",
        RefusalReason.WriteFailed => "WriteFailed",
        _ => "MapFull",
    };
}
