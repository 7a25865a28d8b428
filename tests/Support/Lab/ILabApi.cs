using System.Text.Json.Nodes;

namespace Netweir.Support.Lab;

/// <summary>The lab's Kubernetes API.</summary>
public interface ILabApi : IDisposable
{
    /// <summary>One line for people: which server it is.</summary>
    string Description { get; }

    /// <summary>Creates or changes an object, status included.</summary>
    void Apply(JsonObject obj);

    /// <summary>Deletes at once. <paramref name="ns"/> is empty for a cluster-scoped object. What is not there is no error.</summary>
    void Delete(string plural, string ns, string name);

    /// <summary>Writes a kubeconfig that is accepted for everything.</summary>
    void WriteKubeConfig(string path);
}
