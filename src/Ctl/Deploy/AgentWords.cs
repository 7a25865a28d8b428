using Netweir.Kube;

namespace Netweir.Ctl;

/// <summary>Why an agent that runs is not ready, asked of it by way of the API server, else read off its log.</summary>
internal sealed class AgentWords(RawClient client)
{
    private const string Container = "agent";
    private const int HealthPort = 9869;

    /// <summary>Null when neither says anything.</summary>
    public async Task<string?> AskAsync(Pod pod, CancellationToken cancellationToken)
    {
        string path = $"/api/v1/namespaces/{pod.Metadata.Namespace}/pods/{pod.Metadata.Name}:{HealthPort}/proxy/readyz";
        try
        {
            return Reasons(await client.GetTextAsync(path, cancellationToken).ConfigureAwait(false));
        }
        catch (KubeException e) when (Reasons(e.Answer) is { } reasons)
        {
            return reasons;
        }
        catch (KubeException)
        {
            return await LogAsync(pod, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The conditions that do not hold, of an agent's /readyz.</summary>
    public static string? Reasons(string answer)
    {
        string[] lines = [.. answer.Split('\n').Where(l => l.StartsWith("[-] ", StringComparison.Ordinal)).Select(l => l[4..].Trim())];
        return lines.Length == 0 ? null : "the agent says: " + string.Join("; ", lines);
    }

    private async Task<string?> LogAsync(Pod pod, CancellationToken cancellationToken)
    {
        try
        {
            string log = await client.LogAsync(pod.Metadata.Key, Container, 1, cancellationToken).ConfigureAwait(false);
            return log.Trim() is { Length: > 0 } line ? $"its log ends: {line}" : null;
        }
        catch (KubeException e)
        {
            return $"its log cannot be read: {e.Message}";
        }
    }
}
