using System.Text.Json.Nodes;

namespace Netweir.Ctl.Tests;

/// <summary>Statuses as kubelets write them.</summary>
internal static class PodStatus
{
    public static JsonObject Ready(string address) => Parse($$$"""
        {"phase": "Running", "podIP": "{{{address}}}", "podIPs": [{"ip": "{{{address}}}"}], "conditions": [{"type": "Ready", "status": "True"}],
         "initContainerStatuses": [{"name": "uninstall-node", "state": {"terminated": {"exitCode": 0} } }],
         "containerStatuses": [{"name": "agent", "ready": true, "state": {"running": {} } }]}
        """);

    public static JsonObject Ended(string address) => Parse($$$"""
        {"phase": "Succeeded", "podIP": "{{{address}}}", "podIPs": [{"ip": "{{{address}}}"}], "conditions": [{"type": "Ready", "status": "False"}]}
        """);

    public static JsonObject RunsButNotReady() => Parse("""
        {"phase": "Running", "podIP": "192.0.2.1", "conditions": [{"type": "Ready", "status": "False"}],
         "containerStatuses": [{"name": "agent", "ready": false, "state": {"running": {} } }]}
        """);

    public static JsonObject ImageMissing() => Parse("""
        {"phase": "Pending", "conditions": [{"type": "Ready", "status": "False"}],
         "initContainerStatuses": [{"name": "prepare-node", "state": {"waiting": {"reason": "ImagePullBackOff", "message": "Back-off pulling image \"netweir:0.1.0\""}}}],
         "containerStatuses": [{"name": "agent", "state": {"waiting": {"reason": "PodInitializing"}}}]}
        """);

    public static JsonObject CleaningFails() => Parse("""
        {"phase": "Pending", "conditions": [{"type": "Ready", "status": "False"}],
         "initContainerStatuses": [{"name": "uninstall-node", "restartCount": 2, "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 20s"}},
            "lastState": {"terminated": {"exitCode": 2, "reason": "Error", "message": "error: device nw_host is busy\n"}}}]}
        """);

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}
