using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Netweir.Ctl;

/// <summary>
/// Makes checks, from inside a pod. What comes into force a little late is waited for at first (<see cref="Patience"/>, once for all checks); from the first
/// good answer on, every one has to be good; a single lost datagram of many is told of and forgiven, as UDP may lose one on a network that is well.
/// </summary>
internal sealed class ProbeRunner
{
    private const int BulkBytes = 1_000_000;
    private const int PartsOfLimit = 20;
    private const int ForgivenDatagrams = 1;

    /// <summary>Around the path MTUs of VXLAN on IPv4 and IPv6, WireGuard, plain Ethernet; then what has to be cut into fragments.</summary>
    private static readonly int[] s_sizes = [100, 1200, 1342, 1372, 1392, 1402, 1422, 1430, 1442, 1452, 1472, 1473, 1500, 2000, 4000, 8000];
    private static readonly TimeSpan s_bulkTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(2);
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>As the pod knows them.</summary>
    public required IReadOnlyList<string> OwnAddresses { get; init; }

    /// <summary>Of the cluster's DNS names.</summary>
    public string Domain { get; init; } = "cluster.local";

    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>For one answer.</summary>
    public TimeSpan AnswerTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often it is asked who answers.</summary>
    public int Samples { get; init; } = 50;

    public async Task<ProbeResult> RunAsync(ProbeCheck check, CancellationToken cancellationToken) => check.Kind switch
    {
        ProbeKind.Who => await WhoAsync(check, cancellationToken).ConfigureAwait(false),
        ProbeKind.Refused => await OnceAsync(check, RefusedAsync, "one attempt", cancellationToken).ConfigureAwait(false),
        ProbeKind.Silent => await OnceAsync(check, SilentAsync, "one attempt of 2 s", cancellationToken).ConfigureAwait(false),
        ProbeKind.Sizes => await SizesAsync(check, cancellationToken).ConfigureAwait(false),
        ProbeKind.Bulk => await OnceAsync(check, BulkAsync, "1 MB over TCP in each direction", cancellationToken).ConfigureAwait(false),
        ProbeKind.Anything => await OnceAsync(check, AnythingAsync, "a request over TCP", cancellationToken).ConfigureAwait(false),
        ProbeKind.Dns => await OnceAsync(check, DnsAsync, $"a question for {check.Name}.{Domain}", cancellationToken).ConfigureAwait(false),
        _ => await OnceAsync(check, SpeedAsync, "a download of 2 s over TCP", cancellationToken).ConfigureAwait(false),
    };

    private async Task<ProbeResult> WhoAsync(ProbeCheck check, CancellationToken cancellationToken)
    {
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        var times = new List<long>(Samples);
        int lost = 0;
        Answer first = await PatientlyAsync(token => AskAsync(check, seen, token), AnswerTime, cancellationToken).ConfigureAwait(false);
        for (int i = 0; first.Ok && i < Samples; i++)
        {
            Answer answer = await TimedAsync(token => AskAsync(check, seen, token), AnswerTime, cancellationToken).ConfigureAwait(false);
            if (!answer.Ok && !(answer.Late && check.Udp && ++lost <= ForgivenDatagrams))
            {
                return Result(check, answer, $"{Samples} questions, each a new flow; {times.Count} of the first {i} were answered");
            }

            if (answer.Ok)
            {
                times.Add(answer.Micros);
            }
        }

        if (!first.Ok)
        {
            return Result(check, first, "a question, several times");
        }

        if (check.Sticky && seen.Count > 1)
        {
            return Result(check, new Answer(false, $"{seen.Count} different servers answered one client: {string.Join(", ", seen)}", 0), $"{Samples} questions");
        }

        times.Sort();
        return Result(check, new Answer(true, $"answered by {string.Join(", ", seen)}{(lost > 0 ? $"; {lost} lost" : "")}", 0), $"{Samples} questions, each a new flow") with
        {
            P50 = times[times.Count / 2],
            P99 = times[Math.Min(times.Count - 1, times.Count * 99 / 100)],
        };
    }

    private async Task<Answer> AskAsync(ProbeCheck check, SortedSet<string> seen, CancellationToken cancellationToken)
    {
        (string name, string client) = await ConnectivityClient.WhoAsync(check.Target, check.Udp, cancellationToken).ConfigureAwait(false);
        if (check.Hosts is { } hosts && !hosts.Contains(name))
        {
            return new Answer(false, $"answered by {name}, which is not {string.Join(" or ", hosts)}", 0);
        }

        IEnumerable<string>? clients = check.Clients?.SelectMany(c => c == ProbeCheck.Self ? OwnAddresses : [c]);
        if (clients is not null && !clients.Contains(client))
        {
            return new Answer(false, $"{name} saw {client} as its client, not {string.Join(" or ", clients)}: the source address was translated", 0);
        }

        seen.Add(name);
        return new Answer(true, name, 0);
    }

    private async Task<ProbeResult> SizesAsync(ProbeCheck check, CancellationToken cancellationToken)
    {
        Answer reached = await PatientlyAsync(token => EchoAsync(check, s_sizes[0], token), AnswerTime, cancellationToken).ConfigureAwait(false);
        // At once, so that many that are lost cost no more time than one; twice, as path MTU discovery may cost the first of a size.
        IReadOnlyList<int> lost = reached.Ok ? await LostAsync(check, s_sizes, cancellationToken).ConfigureAwait(false) : [];
        lost = await LostAsync(check, lost, cancellationToken).ConfigureAwait(false);
        string tried = $"UDP datagrams of {string.Join(", ", s_sizes)} bytes, there and back";
        return Result(check, !reached.Ok ? reached : lost.Count == 0 ? new Answer(true, "all came back", 0)
            : new Answer(false, $"no answer to those of {string.Join(", ", lost)} bytes: the path MTU is smaller than the pod's interface, or fragments are lost", 0), tried);
    }

    private async Task<IReadOnlyList<int>> LostAsync(ProbeCheck check, IReadOnlyList<int> sizes, CancellationToken cancellationToken)
    {
        Answer[] answers = await Task.WhenAll(
            sizes.Select(size => TimedAsync(token => EchoAsync(check, size, token), AnswerTime, cancellationToken))).ConfigureAwait(false);
        return [.. sizes.Where((_, i) => !answers[i].Ok)];
    }

    private static async Task<Answer> EchoAsync(ProbeCheck check, int size, CancellationToken cancellationToken) =>
        await ConnectivityClient.EchoAsync(check.Target, size, cancellationToken).ConfigureAwait(false)
            ? new Answer(true, "came back", 0)
            : new Answer(false, $"{size} bytes came back changed", 0);

    private async Task<Answer> RefusedAsync(ProbeCheck check, CancellationToken cancellationToken)
    {
        try
        {
            (string name, _) = await ConnectivityClient.WhoAsync(check.Target, check.Udp, cancellationToken).ConfigureAwait(false);
            return new Answer(false, $"answered by {name}", 0);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return new Answer(true, "refused", 0);
        }
    }

    private static async Task<Answer> SilentAsync(ProbeCheck check, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_silence);
        try
        {
            (string name, _) = await ConnectivityClient.WhoAsync(check.Target, check.Udp, limit.Token).ConfigureAwait(false);
            return new Answer(false, $"answered by {name}", 0);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Answer(true, "no answer", 0);
        }
    }

    private static async Task<Answer> BulkAsync(ProbeCheck check, CancellationToken cancellationToken)
    {
        byte[] down = await ConnectivityClient.RequestAsync(
            check.Target, $"GET /bytes?n={BulkBytes} HTTP/1.1\r\nHost: test\r\n\r\n", default, cancellationToken).ConfigureAwait(false);
        byte[] up = await ConnectivityClient.RequestAsync(
            check.Target, $"POST /sink HTTP/1.1\r\nHost: test\r\nContent-Length: {BulkBytes}\r\n\r\n", new byte[BulkBytes], cancellationToken).ConfigureAwait(false);
        string arrived = Encoding.ASCII.GetString(up);
        return down.Length == BulkBytes && arrived == BulkBytes.ToString(CultureInfo.InvariantCulture)
            ? new Answer(true, "all of it arrived", 0)
            : new Answer(false, $"{down.Length} bytes came down, {arrived} went up", 0);
    }

    private static async Task<Answer> AnythingAsync(ProbeCheck check, CancellationToken cancellationToken)
    {
        string answer = await ConnectivityClient.AnythingAsync(check.Target, cancellationToken).ConfigureAwait(false);
        return new Answer(true, $"'{answer.Split('\r', '\n')[0]}'", 0);
    }

    private async Task<Answer> DnsAsync(ProbeCheck check, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> found = await DnsQuestion.AskAsync(
            check.Target, $"{check.Name}.{Domain}", check.Addresses![0].Contains(':', StringComparison.Ordinal), cancellationToken).ConfigureAwait(false);
        string came = found.Count == 0 ? "no address" : string.Join(", ", found);
        return new Answer(check.Addresses.Order(StringComparer.Ordinal).SequenceEqual(found.Order(StringComparer.Ordinal)), came, 0);
    }

    private static async Task<Answer> SpeedAsync(ProbeCheck check, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        long bytes = await ConnectivityClient.DownloadAsync(check.Target, TimeSpan.FromSeconds(2), cancellationToken).ConfigureAwait(false);
        double gigabits = bytes * 8 / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9;
        return new Answer(bytes > 0, string.Create(CultureInfo.InvariantCulture, $"{gigabits:0.00} Gbit/s"), 0);
    }

    private async Task<ProbeResult> OnceAsync(
        ProbeCheck check, Func<ProbeCheck, CancellationToken, Task<Answer>> ask, string tried, CancellationToken cancellationToken)
    {
        TimeSpan limit = check.Kind is ProbeKind.Bulk or ProbeKind.Speed or ProbeKind.Silent ? s_bulkTime : AnswerTime;
        Answer answer = await PatientlyAsync(token => ask(check, token), limit, cancellationToken).ConfigureAwait(false);
        ProbeResult result = Result(check, answer, tried);
        return check.Kind is ProbeKind.Dns or ProbeKind.Anything or ProbeKind.Refused && answer.Ok ? result with { P50 = answer.Micros, P99 = answer.Micros } : result;
    }

    /// <summary>Until it is answered well, at least twice, and as long as there is patience.</summary>
    private async Task<Answer> PatientlyAsync(Func<CancellationToken, Task<Answer>> ask, TimeSpan limit, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            Answer answer = await TimedAsync(ask, limit, cancellationToken).ConfigureAwait(false);
            if (answer.Ok || (attempt >= 2 && Stopwatch.GetElapsedTime(_start) > Patience))
            {
                return answer;
            }

            await Task.Delay(100, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// The limit passes in parts, and each part ends only after what has come meanwhile was dealt with: a pause of the whole machine (a virtual machine
    /// that waits for its turn) does not make an answer late that came during it.
    /// </summary>
    private static async Task<Answer> TimedAsync(Func<CancellationToken, Task<Answer>> ask, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        long start = Stopwatch.GetTimestamp();
        try
        {
            Task<Answer> asked = ask(timer.Token);
            for (int part = 0; part < PartsOfLimit && !asked.IsCompleted; part++)
            {
                await Task.WhenAny(asked, Task.Delay(limit / PartsOfLimit, timer.Token)).ConfigureAwait(false);
            }

            if (!asked.IsCompleted)
            {
                await timer.CancelAsync().ConfigureAwait(false);
            }

            Answer answer = await asked.ConfigureAwait(false);
            return answer with { Micros = (long)Stopwatch.GetElapsedTime(start).TotalMicroseconds };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Answer(false, $"no answer within {limit.TotalSeconds:0.#} s", 0) { Late = true };
        }
        catch (SocketException e)
        {
            return new Answer(false, e.SocketErrorCode == SocketError.ConnectionRefused ? "refused" : e.Message, 0);
        }
        catch (Exception e) when (e is IOException or FormatException)
        {
            return new Answer(false, e.Message, 0);
        }
    }

    private static ProbeResult Result(ProbeCheck check, Answer answer, string tried) =>
        new() { Id = check.Id, Ok = answer.Ok, Tried = tried, Came = answer.Came };

    private readonly record struct Answer(bool Ok, string Came, long Micros)
    {
        /// <summary>None came in time.</summary>
        public bool Late { get; init; }
    }
}
