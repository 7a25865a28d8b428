using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Netweir.Kube;

/// <summary>
/// Reads the API: GET, paged LIST, WATCH; and writes single objects: POST, PATCH, apply, DELETE. Fails over between servers within a request, but otherwise
/// does not retry: its caller (such as <see cref="Informer{T}"/>) owns the only retry loop. Safe for concurrent use.
/// </summary>
public sealed class RawClient : IDisposable
{
    private const int PageRetries = 5;
    private static readonly TimeSpan LongestPageWait = TimeSpan.FromMinutes(1);

    private readonly KubeTransport _transport;
    private readonly KubeMetrics? _ownMetrics;

    public RawClient(KubeConfig config, KubeClientOptions? options = null)
    {
        Options = options ?? new KubeClientOptions();
        Metrics = Options.Metrics ?? (_ownMetrics = new KubeMetrics());
        _transport = new KubeTransport(config, Options);
    }

    public KubeClientOptions Options { get; }

    public KubeMetrics Metrics { get; }

    /// <summary>One object. <paramref name="ns"/> is null for a cluster-scoped one.</summary>
    /// <exception cref="KubeException">Any failure; <see cref="KubeErrorReason.NotFound"/> when there is no such object.</exception>
    public async Task<T> GetAsync<T>(KubeResource<T> resource, string? ns, string name, CancellationToken cancellationToken)
        where T : class, IKubeObject
    {
        var key = new ObjectKey(ns ?? "", name);
        var path = $"{KubePaths.Collection(resource, ns)}/{Uri.EscapeDataString(name)}";
        var request = new KubeRequest($"get {resource.Plural} {key}", path, OneObject: true);
        using var body = await ReadAsync(request, cancellationToken).ConfigureAwait(false);
        return Decoder(resource).TryDecode(body.Unread, out var obj, out _)
            ? obj
            : throw KubeErrors.Invalid(request.Name, "the object cannot be read");
    }

    /// <summary>The text behind a path such as <c>/healthz</c> or <c>/version</c>.</summary>
    /// <exception cref="KubeException">Any failure.</exception>
    public async Task<string> GetTextAsync(string path, CancellationToken cancellationToken)
    {
        using var body = await ReadAsync(new KubeRequest($"get {path}", path, Accept: "*/*"), cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(body.Unread);
    }

    /// <summary>Makes an object. Where a server may have done it before it failed, another one says <see cref="KubeErrorReason.AlreadyExists"/>.</summary>
    /// <exception cref="KubeException">Any failure.</exception>
    public Task CreateAsync<T>(KubeResource<T> resource, T obj, CancellationToken cancellationToken)
        where T : class, IKubeObject => WriteAsync(
        new KubeRequest($"create {resource.Plural} {obj.Metadata.Key}", KubePaths.Collection(resource, obj.Metadata.Namespace), OneObject: true)
        {
            Method = HttpMethod.Post,
            Body = JsonSerializer.SerializeToUtf8Bytes(obj, resource.TypeInfo),
        },
        cancellationToken);

    /// <summary>Changes an object by a JSON merge patch (RFC 7386), UTF-8.</summary>
    /// <exception cref="KubeException">Any failure; <see cref="KubeErrorReason.NotFound"/> when there is no such object.</exception>
    public Task PatchAsync<T>(KubeResource<T> resource, ObjectKey key, ReadOnlyMemory<byte> patch, CancellationToken cancellationToken)
        where T : class, IKubeObject => WriteAsync(
        new KubeRequest(
            $"patch {resource.Plural} {key}", $"{KubePaths.Collection(resource, key.Namespace)}/{Uri.EscapeDataString(key.Name)}", OneObject: true)
        {
            Method = HttpMethod.Patch,
            Body = patch,
            ContentType = "application/merge-patch+json",
        },
        cancellationToken);

    /// <summary>Server-side apply: makes the object or brings it to what is written, and takes over fields that somebody else set.</summary>
    /// <exception cref="KubeException">Any failure.</exception>
    public Task ApplyAsync(KubeDocument document, string fieldManager, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(document);
        return WriteAsync(
            new KubeRequest($"apply {document}", $"{document.Path}?fieldManager={Uri.EscapeDataString(fieldManager)}&force=true", OneObject: true)
            {
                Method = HttpMethod.Patch,
                // JSON is YAML.
                Body = Encoding.UTF8.GetBytes(document.Body.ToJsonString()),
                ContentType = "application/apply-patch+yaml",
            },
            cancellationToken);
    }

    /// <summary>Deletes an object, and in the background what it owns. False when there was none.</summary>
    /// <exception cref="KubeException">Any other failure.</exception>
    public async Task<bool> DeleteAsync(KubeDocument document, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(document);
        try
        {
            await WriteAsync(
                new KubeRequest($"delete {document}", $"{document.Path}?propagationPolicy=Background", OneObject: true) { Method = HttpMethod.Delete },
                cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (KubeException e) when (e.Reason == KubeErrorReason.NotFound)
        {
            return false;
        }
    }

    /// <summary>What a container wrote, at most <see cref="KubeClientOptions.MaxMessageBytes"/>. <paramref name="tailLines"/> null: all of it.</summary>
    /// <exception cref="KubeException">Any failure, also when the container has not started.</exception>
    public async Task<string> LogAsync(ObjectKey pod, string container, int? tailLines, CancellationToken cancellationToken)
    {
        var path = $"{KubePaths.Collection(KubeResources.Pods, pod.Namespace)}/{Uri.EscapeDataString(pod.Name)}/log?container={Uri.EscapeDataString(container)}"
            + (tailLines is { } lines ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"&tailLines={lines}") : "");
        using var body = await ReadAsync(
            new KubeRequest($"log of pod {pod}, container {container}", path, OneObject: true, Accept: "*/*"), cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(body.Unread);
    }

    /// <summary>
    /// The complete list, read page by page. A page that is refused with 429 is asked for again when the server says; a list whose
    /// continue token expires is begun again, once, without pages.
    /// </summary>
    /// <exception cref="KubeException">Any failure; <see cref="KubeErrorReason.ResourceAbsent"/> when the server does not know the resource.</exception>
    public async Task<KubeList<T>> ListAsync<T>(KubeResource<T> resource, KubeQuery query, CancellationToken cancellationToken)
        where T : class, IKubeObject
    {
        var items = new List<T>();
        var malformed = new List<ObjectMeta>();
        var limit = Options.PageSize;
        var next = "";
        while (true)
        {
            KubeList<T> page;
            try
            {
                page = await PageAsync(resource, query, limit, next, cancellationToken).ConfigureAwait(false);
            }
            catch (KubeException e) when (e.Reason == KubeErrorReason.Gone && next.Length > 0)
            {
                items.Clear();
                malformed.Clear();
                (limit, next) = (0, "");
                continue;
            }

            items.AddRange(page.Items);
            malformed.AddRange(page.Malformed);
            next = page.Continue;
            if (next.Length == 0)
            {
                return page with { Items = items, Malformed = malformed };
            }
        }
    }

    /// <summary>
    /// Changes after <paramref name="resourceVersion"/> until the server ends the watch, which it does every few minutes. Objects that
    /// cannot be read are reported and come without an object.
    /// </summary>
    /// <exception cref="KubeException">
    /// Any failure; <see cref="KubeErrorReason.Gone"/> when the version is too old, whether the server says so by status or by event.
    /// </exception>
    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        KubeResource<T> resource, KubeQuery query, string resourceVersion, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class, IKubeObject
    {
        var seconds = (int)(Options.WatchTimeout.TotalSeconds * (1 + RandomFraction()));
        var request = new KubeRequest($"watch {resource.Plural}", KubePaths.Watch(resource, query, resourceVersion, Math.Max(1, seconds)));
        using var response = await _transport.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var decoder = new WatchDecoder<T>(Decoder(resource), request.Name);
        await using var lines = new WatchLines(response, request.Name, Options);
        while (await lines.MoveNextAsync(cancellationToken).ConfigureAwait(false))
        {
            var decoded = decoder.Decode(lines.Current);
            if (decoded is { } known)
            {
                yield return known;
            }
            else
            {
                Report(new KubeIncident(resource.Plural, "UnknownEvent", $"{request.Name}: an event of an unknown type is skipped"));
            }
        }
    }

    public void Dispose()
    {
        _transport.Dispose();
        _ownMetrics?.Dispose();
    }

    internal void Report(KubeIncident incident) => Options.OnIncident?.Invoke(incident);

    [SuppressMessage("Security", "CA5394", Justification = "Spreads watches over time; nothing is kept secret by it.")]
    private static double RandomFraction() => Random.Shared.NextDouble();

    private ObjectDecoder<T> Decoder<T>(KubeResource<T> resource)
        where T : class, IKubeObject => new(resource, Metrics, Report);

    private async Task<KubeList<T>> PageAsync<T>(KubeResource<T> resource, KubeQuery query, int limit, string next, CancellationToken cancellationToken)
        where T : class, IKubeObject
    {
        var request = new KubeRequest($"list {resource.Plural}", KubePaths.List(resource, query, limit, next));
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ReadListAsync(request, resource, cancellationToken).ConfigureAwait(false);
            }
            catch (JsonException e)
            {
                throw KubeErrors.Invalid(request.Name, e.Message, e);
            }
            catch (KubeException e) when (e is { Reason: KubeErrorReason.TooManyRequests, RetryAfter: { } wait } && attempt < PageRetries)
            {
                Metrics.Failed(resource.Plural, e.Reason);
                await Task.Delay(wait < LongestPageWait ? wait : LongestPageWait, Options.Time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The answer is read to its end, so that the connection can be used again.</summary>
    private async Task WriteAsync(KubeRequest request, CancellationToken cancellationToken)
    {
        using var body = await ReadAsync(request, cancellationToken).ConfigureAwait(false);
    }

    private async Task<KubeList<T>> ReadListAsync<T>(KubeRequest request, KubeResource<T> resource, CancellationToken cancellationToken)
        where T : class, IKubeObject
    {
        using var response = await _transport.SendAsync(request, cancellationToken).ConfigureAwait(false);
        using var deadline = new Deadline(Options.RequestTimeout, Options.Time, cancellationToken);
        using var buffer = new PooledBuffer(Options.MaxMessageBytes);
        var parser = new ListParser<T>(resource, Decoder(resource));
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false);
            bool more;
            do
            {
                more = await buffer.FillAsync(stream, deadline.Token).ConfigureAwait(false);
                buffer.Consume(parser.Feed(buffer.Unread, final: !more));
            }
            while (more);
            return parser.Finish();
        }
        catch (Exception e) when (KubeErrors.FromBody(request.Name, e, deadline.Expired, cancellationToken) is { } typed)
        {
            throw typed;
        }
    }

    private async Task<PooledBuffer> ReadAsync(KubeRequest request, CancellationToken cancellationToken)
    {
        using var response = await _transport.SendAsync(request, cancellationToken).ConfigureAwait(false);
        using var deadline = new Deadline(Options.RequestTimeout, Options.Time, cancellationToken);
        var buffer = new PooledBuffer(Options.MaxMessageBytes);
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false);
            while (await buffer.FillAsync(stream, deadline.Token).ConfigureAwait(false))
            {
            }

            return buffer;
        }
        catch (Exception e)
        {
            buffer.Dispose();
            if (KubeErrors.FromBody(request.Name, e, deadline.Expired, cancellationToken) is { } typed)
            {
                throw typed;
            }

            throw;
        }
    }
}
