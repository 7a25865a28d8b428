using Netweir.Kube;

namespace Netweir.Ctl;

/// <summary>The manifests that were beside the sources when ctl was built.</summary>
internal static class EmbeddedManifest
{
    /// <summary>deploy/netweir.yaml</summary>
    public static IReadOnlyList<KubeDocument> Netweir() => KubeDocument.ParseAll(Text("netweir.yaml"));

    /// <summary>deploy/uninstall.yaml</summary>
    public static IReadOnlyList<KubeDocument> Uninstall() => KubeDocument.ParseAll(Text("uninstall.yaml"));

    public static string Text(string name)
    {
        using Stream stream = typeof(EmbeddedManifest).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
