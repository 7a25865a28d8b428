using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Netweir.Support.ApiServer;

namespace Netweir.Kube.Tests;

public sealed class TestApiServerTests
{
    private const string Path = "/api/v1/namespaces/default/services";

    [Fact]
    public async Task Server_creates_updates_patches_and_deletes_over_http()
    {
        using var server = TestApiServer.Start(new TestApiServerOptions { PlainHttp = true });
        using var http = new HttpClient { BaseAddress = server.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.Token);
        var (code, made) = await Send(http, HttpMethod.Post, Path, """{"metadata":{"name":"a"},"spec":{"clusterIP":"10.96.0.1","type":"ClusterIP"}}""");
        Assert.Equal(201, code);
        Assert.Equal("default", made["metadata"]!["namespace"]!.ToString());
        Assert.Equal(409, (await Send(http, HttpMethod.Post, Path, """{"metadata":{"name":"a"}}""")).Code);

        var (_, patched) = await Send(http, HttpMethod.Patch, Path + "/a", """{"spec":{"type":"NodePort","clusterIP":null}}""", "application/merge-patch+json");
        Assert.Equal("""{"type":"NodePort"}""", patched["spec"]!.ToJsonString());
        Assert.Equal(made["metadata"]!["uid"]!.ToString(), patched["metadata"]!["uid"]!.ToString());
        Assert.Equal(409, (await Send(http, HttpMethod.Put, Path + "/a", made.ToJsonString())).Code);
        Assert.Equal(200, (await Send(http, HttpMethod.Put, Path + "/a", patched.ToJsonString())).Code);
        Assert.Equal(415, (await Send(http, HttpMethod.Patch, Path + "/a", "[]", "application/json-patch+json")).Code);

        Assert.Equal(200, (await Send(http, HttpMethod.Delete, Path + "/a", "")).Code);
        Assert.Equal(404, (await Send(http, HttpMethod.Get, Path + "/a", "")).Code);
        http.DefaultRequestHeaders.Authorization = null;
        Assert.Equal(401, (await Send(http, HttpMethod.Get, Path, "")).Code);
    }

    private static async Task<(int Code, JsonObject Body)> Send(HttpClient http, HttpMethod method, string path, string body, string type = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        if (body.Length > 0)
        {
            request.Content = new StringContent(body, Encoding.UTF8, type);
        }

        using var response = await http.SendAsync(request);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject());
    }
}
