using Netweir.Support.ApiServer;

namespace Netweir.Kube.Tests;

public sealed class ModelTests
{
    private static async Task<T> Read<T>(KubeResource<T> resource, string yaml)
        where T : class, IKubeObject
    {
        await using var cluster = new TestCluster();
        cluster.Server.Apply(yaml);
        return Assert.Single((await cluster.Client().ListAsync(resource, KubeQuery.All, cluster.Token)).Items);
    }

    [Fact]
    public async Task Service_carries_every_field_that_is_used()
    {
        var service = await Read(KubeResources.Services, """
            apiVersion: v1
            kind: Service
            metadata:
              name: web
              namespace: shop
              labels: {app: web}
              annotations: {a: b, kubectl.kubernetes.io/last-applied-configuration: "{}"}
            spec:
              type: LoadBalancer
              clusterIP: 10.96.0.9
              clusterIPs: [10.96.0.9, "fd00::9"]
              ipFamilies: [IPv4, IPv6]
              ports:
              - {name: http, port: 80, targetPort: web, nodePort: 30080}
              - {name: dns, protocol: UDP, port: 53, targetPort: 5353}
              externalIPs: [192.0.2.7]
              externalTrafficPolicy: Local
              internalTrafficPolicy: Local
              sessionAffinity: ClientIP
              sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}}
              healthCheckNodePort: 31000
              loadBalancerSourceRanges: [" 10.0.0.0/8"]
              publishNotReadyAddresses: true
              trafficDistribution: PreferClose
            status:
              loadBalancer:
                ingress: [{ip: 192.0.2.9, ipMode: VIP}, {hostname: lb.example}]
            """);
        Assert.Equal(new ObjectKey("shop", "web"), service.Metadata.Key);
        Assert.Equal(["a"], service.Metadata.Annotations.Keys);
        var spec = service.Spec;
        Assert.Equal(("LoadBalancer", "Local", "Local", "ClientIP", 60), (spec.Type, spec.ExternalTrafficPolicy, spec.InternalTrafficPolicy, spec.SessionAffinity, spec.AffinityTimeoutSeconds));
        Assert.Equal((31000, true, "PreferClose"), (spec.HealthCheckNodePort, spec.PublishNotReadyAddresses, spec.TrafficDistribution));
        Assert.Equal(["10.96.0.9", "fd00::9"], spec.Addresses);
        Assert.Equal(["IPv4", "IPv6"], spec.IpFamilies);
        Assert.Equal(new ServicePort { Name = "http", Protocol = "TCP", Port = 80, TargetPort = new IntOrString(0, "web"), NodePort = 30080 }, spec.Ports[0]);
        Assert.Equal(new ServicePort { Name = "dns", Protocol = "UDP", Port = 53, TargetPort = new IntOrString(5353) }, spec.Ports[1]);
        Assert.Equal(["192.0.2.7"], spec.ExternalIPs);
        Assert.Equal([" 10.0.0.0/8"], spec.LoadBalancerSourceRanges);
        Assert.Equal(new LoadBalancerIngress { IP = "192.0.2.9", IPMode = "VIP" }, service.Status.LoadBalancer.Ingress[0]);
        Assert.Equal("lb.example", service.Status.LoadBalancer.Ingress[1].Hostname);
    }

    [Fact]
    public async Task Absent_and_null_fields_read_as_the_default()
    {
        var service = await Read(KubeResources.Services, """{"apiVersion":"v1","kind":"Service","metadata":{"name":"s","labels":null},"spec":{"clusterIP":"None","ports":null,"type":null}}""");
        Assert.Equal(("ClusterIP", "Cluster", "Cluster", "None", 10800), (service.Spec.Type, service.Spec.ExternalTrafficPolicy, service.Spec.InternalTrafficPolicy, service.Spec.SessionAffinity, service.Spec.AffinityTimeoutSeconds));
        Assert.Empty(service.Spec.Ports);
        Assert.Empty(service.Spec.Addresses);
        Assert.Empty(service.Metadata.Labels);
        Assert.Empty(service.Status.LoadBalancer.Ingress);

        var slice = await Read(KubeResources.EndpointSlices, """{"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{"name":"s"},"addressType":"IPv4","endpoints":null,"ports":[{"name":null,"port":null}]}""");
        Assert.Empty(slice.Endpoints);
        Assert.Equal(new EndpointPort { Name = "", Protocol = "TCP", Port = null }, Assert.Single(slice.Ports));
    }

    [Fact]
    public async Task EndpointSlice_carries_conditions_hints_and_references()
    {
        var slice = await Read(KubeResources.EndpointSlices, """
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
            addressType: IPv6
            endpoints:
            - addresses: ["fd00::1"]
              conditions: {ready: false, serving: true, terminating: true}
              nodeName: n1
              zone: z1
              hints: {forZones: [{name: z1}], forNodes: [{name: n1}]}
              targetRef: {kind: Pod, name: web-0, namespace: shop}
            - addresses: ["fd00::2"]
            ports: [{name: http, port: 8080}]
            """);
        var first = slice.Endpoints[0];
        Assert.Equal(("web", "IPv6"), (slice.ServiceName, slice.AddressType));
        Assert.Equal((false, true, true), (first.Conditions.IsReady, first.Conditions.IsServing, first.Conditions.IsTerminating));
        Assert.Equal(("n1", "z1", "n1"), (first.NodeName, first.Hints!.ForZones[0].Name, first.Hints.ForNodes[0].Name));
        var second = slice.Endpoints[1];
        Assert.Equal((true, true, false), (second.Conditions.IsReady, second.Conditions.IsServing, second.Conditions.IsTerminating));
        Assert.Null(second.Hints);
        Assert.Same(slice.Ports[0].Protocol, new EndpointPort().Protocol);
    }

    [Fact]
    public async Task Node_and_pod_carry_their_addresses()
    {
        var node = await Read(KubeResources.Nodes, """
            apiVersion: v1
            kind: Node
            metadata: {name: n1, labels: {topology.kubernetes.io/zone: z1}}
            spec: {podCIDR: 10.244.1.0/24, podCIDRs: [10.244.1.0/24, "fd00:1::/64"], taints: [{key: ToBeDeletedByClusterAutoscaler, effect: NoSchedule}]}
            status: {addresses: [{type: InternalIP, address: 192.0.2.1}, {type: Hostname, address: n1}, {type: InternalIP, address: "2001:db8::1"}]}
            """);
        Assert.Equal(["192.0.2.1", "2001:db8::1"], node.InternalIPs);
        Assert.Equal(["10.244.1.0/24", "fd00:1::/64"], node.PodCIDRs);
        Assert.Equal(("z1", "ToBeDeletedByClusterAutoscaler"), (node.Zone, node.Spec.Taints[0].Key));

        var pod = await Read(KubeResources.Pods, """
            apiVersion: v1
            kind: Pod
            metadata: {name: p, namespace: x, deletionTimestamp: "2026-01-02T03:04:05Z"}
            spec:
              nodeName: n1
              hostNetwork: true
              containers: [{name: c, ports: [{containerPort: 80, hostPort: 8080, hostIP: 127.0.0.1}]}]
            status: {phase: Running, podIP: 10.244.1.5, podIPs: [{ip: 10.244.1.5}, {ip: "fd00:1::5"}]}
            """);
        Assert.Equal(["10.244.1.5", "fd00:1::5"], pod.Status.Addresses);
        Assert.Equal(("n1", true, "Running"), (pod.Spec.NodeName, pod.Spec.HostNetwork, pod.Status.Phase));
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), pod.Metadata.DeletionTimestamp);
        Assert.Equal(new ContainerPort { Port = 80, HostPort = 8080, HostIP = "127.0.0.1" }, pod.Spec.Containers[0].Ports[0]);
    }
}
