using System.Text.Json.Nodes;
using Netweir.Support.ApiServer;

namespace Netweir.Support.Lab;

/// <summary>The API server of this library, listening in the LAN.</summary>
public sealed class TestLabApi : ILabApi
{
    internal TestLabApi(LabLan lan) =>
        Server = lan.Namespace.Run(() => TestApiServer.Start(new TestApiServerOptions { EndPoint = LabLan.ApiEndPoint }));

    /// <summary>For tests that make it misbehave.</summary>
    public TestApiServer Server { get; }

    public string Description => $"test API server at {LabLan.ApiEndPoint}";

    public void Apply(JsonObject obj) => Server.Apply(obj);

    public void Delete(string plural, string ns, string name) => Server.Delete(plural, ns, name);

    public void WriteKubeConfig(string path) => Server.WriteKubeConfig(path);

    public void Dispose() => Server.Dispose();
}
