using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Netweir.Kube;

namespace Netweir.Ctl;

/// <summary>What a connectivity test deploys. Pods are as restricted as Kubernetes' strictest profile wants, but for those on the node's network.</summary>
internal sealed record ConnectivityObjects(string NamespaceName, string Image, int HostPort)
{
    public static string Server(int node, bool host) => string.Create(CultureInfo.InvariantCulture, $"{(host ? "host" : "server")}-{node + 1}");

    public static string Prober(int node, bool host) => string.Create(CultureInfo.InvariantCulture, $"probe-{(host ? "host" : "pod")}-{node + 1}");

    /// <summary>Its label lets host-network pods in; the others would be let in without.</summary>
    public KubeDocument Namespace() => One($$"""
        apiVersion: v1
        kind: Namespace
        metadata:
          name: {{NamespaceName}}
          labels: {app.kubernetes.io/name: netweir-connectivity, pod-security.kubernetes.io/enforce: privileged}
        """);

    public IEnumerable<KubeDocument> Services() => TestServices.All.Select(s => One($$"""
        apiVersion: v1
        kind: Service
        metadata: {name: {{s.Name}}, namespace: {{NamespaceName}}}
        spec: {ipFamilyPolicy: PreferDualStack, ports: [{{ServicePort("TCP")}}, {{ServicePort("UDP")}}], {{s.Spec}}}
        """));

    /// <summary>A server in the pod network and one on the node's.</summary>
    public IEnumerable<KubeDocument> Servers(IReadOnlyList<string> nodes) => nodes.SelectMany((node, i) => (KubeDocument[])
    [
        Pod(Server(i, host: false), "server", node, host: false, ["serve", "--port", Text(ConnectivityPod.Port)]),
        Pod(Server(i, host: true), "host", node, host: true, ["serve", "--port", Text(HostPort)]),
    ]);

    /// <summary>The pods that make the checks, and end.</summary>
    public IEnumerable<KubeDocument> Probers(IEnumerable<PlannedCheck> plan) => plan.GroupBy(c => c.Prober).Select(group =>
    {
        bool hairpin = group.Key == ConnectivityPlan.Hairpin;
        KubeDocument pod = Pod(
            group.Key, "prober", group.First().Node, group.First().FromKind == ConnectivityPlan.FromHost, ["probe", .. hairpin ? ["--serve"] : Array.Empty<string>()]);
        string checks = JsonSerializer.Serialize([.. group.Select(c => c.Check)], ProbeJson.Default.IReadOnlyListProbeCheck);
        pod.Body["spec"]!["containers"]![0]!["env"]!.AsArray().Add(
            (JsonNode)new JsonObject { ["name"] = ConnectivityPod.ChecksVariable, ["value"] = checks });
        return pod;
    });

    private static string ServicePort(string protocol) =>
        $"{{name: {protocol.ToLowerInvariant()}, protocol: {protocol}, port: {TestServices.Port}, targetPort: {ConnectivityPod.Port}}}";

    private KubeDocument Pod(string name, string app, string node, bool host, string[] arguments) => One($$"""
        apiVersion: v1
        kind: Pod
        metadata:
          name: {{name}}
          namespace: {{NamespaceName}}
          labels: {app: {{app}}, name: {{name}}}
        spec:
          nodeName: "{{node}}"
          hostNetwork: {{(host ? "true" : "false")}}
          restartPolicy: Never
          terminationGracePeriodSeconds: 1
          automountServiceAccountToken: false
          enableServiceLinks: false
          tolerations: [{operator: Exists}]
          securityContext:
            runAsNonRoot: true
            runAsUser: 65532
            runAsGroup: 65532
            seccompProfile: {type: RuntimeDefault}
          containers:
            - name: ctl
              image: "{{Image}}"
              imagePullPolicy: IfNotPresent
              command: [/netweir/ctl, connectivity, {{string.Join(", ", arguments.Select(a => $"\"{a}\""))}}]
              terminationMessagePolicy: FallbackToLogsOnError
              securityContext:
                allowPrivilegeEscalation: false
                readOnlyRootFilesystem: true
                capabilities: {drop: [ALL]}
              env:
                - name: {{ConnectivityPod.NameVariable}}
                  valueFrom:
                    fieldRef: {fieldPath: metadata.name}
                - name: {{ConnectivityPod.AddressesVariable}}
                  valueFrom:
                    fieldRef: {fieldPath: status.podIPs}
        """);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static KubeDocument One(string yaml) => KubeDocument.ParseAll(yaml).Single();
}
