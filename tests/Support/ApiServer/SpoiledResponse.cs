using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Netweir.Support.ApiServer;

internal static class SpoiledResponse
{
    private const string VersionTooLarge =
        """{"kind":"Status","apiVersion":"v1","status":"Failure","message":"Too large resource version: 9, current: 1","reason":"Timeout","code":504,"details":{"causes":[{"reason":"ResourceVersionTooLarge","message":"Too large resource version"}],"retryAfterSeconds":1}}""";

    /// <summary>False when the connection is to be torn down.</summary>
    public static async Task<bool> WriteAsync(HttpContext http, Fault fault, int retryAfterSeconds, CancellationToken token)
    {
        switch (fault)
        {
            case Fault.TooManyRequests:
                http.Response.Headers.RetryAfter = retryAfterSeconds.ToString(CultureInfo.InvariantCulture);
                throw new ApiException(429, "TooManyRequests", "too many requests, please try again later");
            case Fault.InternalError:
                throw new ApiException(500, "InternalError", "etcdserver: leader changed");
            case Fault.Gone:
                throw new ApiException(410, "Expired", "The provided continue parameter or resource version is too old");
            case Fault.Forbidden:
                throw new ApiException(403, "Forbidden", "User \"netweir-agent\" cannot do this");
            case Fault.VersionTooLarge:
                await RequestHandler.WriteAsync(http, 504, VersionTooLarge);
                return true;
            case Fault.Unavailable:
                http.Response.StatusCode = 503;
                return true;
            case Fault.Garbage:
                await http.Response.WriteAsync("<html>\nThis is not the API.\n</html>\n", token);
                return true;
            case Fault.GoneEvent:
                var status = new ApiException(410, "Expired", "too old resource version").ToStatus().ToJsonString();
                await http.Response.WriteAsync($$"""{"type":"ERROR","object":{{status}}}""" + "\n", token);
                return true;
            case Fault.Truncated:
                await http.Response.WriteAsync("""{"type":"ADDED","object":{"metadata":{"name":""", token);
                return true;
            case Fault.Stall:
                await Task.Delay(Timeout.Infinite, token);
                return true;
            default:
                return false;
        }
    }
}
