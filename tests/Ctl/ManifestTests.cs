using System.Text.Json.Nodes;
using Netweir.Kube;

namespace Netweir.Ctl.Tests;

/// <summary>What is applied, and where to.</summary>
public sealed class ManifestTests
{
    [Fact]
    public void Embedded_manifest_goes_to_the_paths_of_its_kinds_in_its_order()
    {
        Assert.Equal(
            [
                "/api/v1/namespaces/kube-system/serviceaccounts/netweir",
                "/apis/rbac.authorization.k8s.io/v1/clusterroles/netweir",
                "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/netweir",
                "/apis/apps/v1/namespaces/kube-system/daemonsets/netweir",
            ],
            EmbeddedManifest.Netweir().Select(d => d.Path));
        Assert.Equal(["/apis/apps/v1/namespaces/kube-system/daemonsets/netweir-uninstall"], EmbeddedManifest.Uninstall().Select(d => d.Path));
    }

    [Fact]
    public void Node_is_cleaned_by_the_image_that_it_has()
    {
        IReadOnlyList<KubeDocument> uninstall = EmbeddedManifest.Uninstall();

        Assert.Equal(ManifestEdits.Image(EmbeddedManifest.Netweir()), ManifestEdits.Image(uninstall));
        ManifestEdits.SetImage(uninstall, "other:1");
        Assert.Equal(2, uninstall.Single().Body.ToJsonString().Split("other:1").Length - 1);
    }

    [Theory]
    [InlineData("apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: b}", "of no kind that can be applied")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: {name: a}", "needs metadata.name and metadata.namespace")]
    [InlineData("apiVersion: v1\nkind: Namespace\nmetadata: {name: a, namespace: b}", "needs metadata.name and no metadata.namespace")]
    [InlineData("- a list", "document 1 is not an object")]
    public void What_cannot_be_applied_is_named(string yaml, string problem) =>
        Assert.Contains(problem, Assert.Throws<FormatException>(() => KubeDocument.ParseAll(yaml)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("netweir.yaml")]
    [InlineData("uninstall.yaml")]
    public void Manifest_written_as_yaml_is_read_as_the_same(string name)
    {
        IReadOnlyList<KubeDocument> documents = KubeDocument.ParseAll(EmbeddedManifest.Text(name));

        IReadOnlyList<KubeDocument> read = KubeDocument.ParseAll(ManifestEdits.ToYaml(documents));

        Assert.Equal(documents.Select(d => d.Body.ToJsonString()), read.Select(d => d.Body.ToJsonString()));
    }

    [Fact]
    public void Yaml_keeps_what_looks_like_something_else()
    {
        JsonObject body = JsonNode.Parse("""
            {"a": ["true", "1.5", "no", "", "a b: c", "x\ny", "*", "- -", "#", null, [], {}, [["nested"]], {"k": "v", "l": ["m"]}], "on": true, "12": -3}
            """)!.AsObject();

        JsonNode read = KubeYaml.ParseAll(ManifestYaml.Write(body)).Single();

        Assert.Equal(body.ToJsonString(), read.ToJsonString());
    }

    [Fact]
    public void Dry_run_prints_the_edited_manifest_and_asks_nobody()
    {
        using StringWriter output = new(), error = new();

        int exit = CtlCommand.Run(
            ["install", "--dry-run", "--image", "registry.example/n:2", "--take-over", "--set-arg", "routing=vxlan", "--set-arg=--uplink=eth1", "--kubeconfig", "/none"], output, error);

        Assert.Equal((0, ""), (exit, error.ToString()));
        IReadOnlyList<KubeDocument> printed = KubeDocument.ParseAll(output.ToString());
        JsonObject pod = ManifestEdits.PodSpec(printed);
        Assert.Equal(4, printed.Count);
        Assert.Equal("registry.example/n:2", pod["initContainers"]![0]!["image"]!.ToString());
        Assert.Equal("registry.example/n:2", pod["containers"]![0]!["image"]!.ToString());
        Assert.Equal(["--take-over=true"], pod["initContainers"]![0]!["command"]!.AsArray().Select(w => w!.ToString()).Where(w => w.StartsWith("--take-over", StringComparison.Ordinal)));
        Assert.Equal("""["--routing=vxlan","--uplink=eth1"]""", pod["containers"]![0]!["args"]!.ToJsonString());
    }
}
