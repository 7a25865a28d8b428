using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Netweir.Support.ApiServer;

namespace Netweir.Support.Lab;

/// <summary>Server-side apply and delete over a socket inside the LAN.</summary>
internal sealed class KubeApiClient : IDisposable
{
    private static readonly MediaTypeHeaderValue ApplyPatch = new("application/apply-patch+yaml");

    /// <summary>For statuses: server-side apply refuses a dual-stack Node's two addresses of one type.</summary>
    private static readonly MediaTypeHeaderValue MergePatch = new("application/merge-patch+json");
    private readonly SocketsHttpHandler _handler;
    private readonly HttpClient _http;

    public KubeApiClient(LabLan lan, Uri address, TestAuthority authority, string token)
    {
        _handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, stop) => new NetworkStream(await lan.ConnectAsync(LabLan.ApiEndPoint, SocketType.Stream, stop), ownsSocket: true),
        };
        _handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is X509Certificate2 c && authority.Signed(c);
        _http = new HttpClient(_handler) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(10) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public async Task<bool> IsReadyAsync()
    {
        try
        {
            using var response = await _http.GetAsync(new Uri("/readyz", UriKind.Relative));
            return response.IsSuccessStatusCode ? true : throw new LabException(await response.Content.ReadAsStringAsync());
        }
        catch (HttpRequestException e)
        {
            throw new LabException(e.Message, e);
        }
    }

    /// <summary>The status is a resource of its own, and uids are the server's to give.</summary>
    public void Apply(JsonObject obj)
    {
        var kind = ApiKind.Of(obj["apiVersion"]!.ToString(), obj["kind"]!.ToString());
        var meta = obj["metadata"]!.AsObject();
        var path = PathOf(kind, meta["namespace"]?.ToString() ?? string.Empty, meta["name"]!.ToString());
        var copy = obj.DeepClone().AsObject();
        copy["metadata"]!.AsObject().Remove("uid");
        var status = copy["status"]?.DeepClone();
        copy.Remove("status");
        Patch($"{path}?fieldManager=lab&force=true", copy, ApplyPatch);
        if (status is not null)
        {
            Patch(path + "/status", new JsonObject { ["status"] = status }, MergePatch);
        }
    }

    public void Delete(string plural, string ns, string name)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, PathOf(ApiKind.Of(plural), ns, name) + "?gracePeriodSeconds=0");
        using var response = _http.Send(request);
        if (response.StatusCode != HttpStatusCode.NotFound)
        {
            Check(request, response);
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _handler.Dispose();
    }

    private static string PathOf(ApiKind kind, string ns, string name) =>
        kind.Namespaced ? $"{kind.ApiPath}/namespaces/{ns}/{kind.Plural}/{name}" : $"{kind.ApiPath}/{kind.Plural}/{name}";

    private void Patch(string path, JsonObject patch, MediaTypeHeaderValue type)
    {
        using var content = new StringContent(patch.ToJsonString(), Encoding.UTF8, type);
        using var request = new HttpRequestMessage(HttpMethod.Patch, path) { Content = content };
        using var response = _http.Send(request);
        Check(request, response);
    }

    private static void Check(HttpRequestMessage request, HttpResponseMessage response)
    {
        if (!response.IsSuccessStatusCode)
        {
            using var reader = new StreamReader(response.Content.ReadAsStream());
            throw new LabException($"{request.Method} {request.RequestUri}: {(int)response.StatusCode} {reader.ReadToEnd()}");
        }
    }
}
