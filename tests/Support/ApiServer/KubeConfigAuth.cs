namespace Netweir.Support.ApiServer;

/// <summary>Which credentials a generated kubeconfig carries.</summary>
public enum KubeConfigAuth
{
    /// <summary>A token inside the file.</summary>
    Token,

    /// <summary>A token in a file beside it.</summary>
    TokenFile,

    /// <summary>A client certificate inside the file.</summary>
    ClientCertificate,

    /// <summary>A client certificate and key in one PEM file beside it, as kubelet keeps them.</summary>
    ClientCertificateFile,
}
