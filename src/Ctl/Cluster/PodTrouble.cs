using System.Globalization;
using Netweir.Kube;

namespace Netweir.Ctl;

/// <summary>Why a pod is not ready, in its own words as far as it has any.</summary>
internal static class PodTrouble
{
    private const int LongestMessage = 300;

    /// <summary>Null when it is ready.</summary>
    public static string? Of(Pod pod)
    {
        if (pod.Status.IsReady && pod.Metadata.DeletionTimestamp is null)
        {
            return null;
        }

        if (pod.Metadata.DeletionTimestamp is not null)
        {
            return "is being stopped";
        }

        if (pod.Status.Conditions.FirstOrDefault(c => c is { Type: "PodScheduled", Status: "False" }) is { } unscheduled)
        {
            return Words("is not scheduled", unscheduled.Reason, unscheduled.Message);
        }

        if (pod.Status.Phase is "Failed" or "Succeeded")
        {
            return Words("has ended", pod.Status.Reason ?? pod.Status.Phase, pod.Status.Message ?? Ended(pod));
        }

        return pod.Status.InitContainerStatuses.Concat(pod.Status.ContainerStatuses).Select(Container).FirstOrDefault(t => t is not null)
            ?? "has not been started by the kubelet yet";
    }

    /// <summary>The last message of a container that failed; null when none did.</summary>
    private static string? Ended(Pod pod) => pod.Status.InitContainerStatuses.Concat(pod.Status.ContainerStatuses)
        .Select(c => c.State.Terminated).FirstOrDefault(t => t is { ExitCode: not 0 })?.Message;

    private static string? Container(ContainerStatus status)
    {
        if (status.State.Waiting is { } waiting)
        {
            string what = status.RestartCount > 0 ? $"{status.Name} failed {Times(status.RestartCount)}, waits" : $"{status.Name} waits";
            return waiting.Reason is "PodInitializing" ? null : Words(what, waiting.Reason, status.LastState.Terminated?.Message ?? waiting.Message);
        }

        if (status.State.Terminated is { ExitCode: not 0 } terminated)
        {
            return Words($"{status.Name} ended with exit code {terminated.ExitCode}", terminated.Reason, terminated.Message);
        }

        return status.Ready || status.State.Terminated is { ExitCode: 0 } ? null : $"{status.Name} runs, but is not ready";
    }

    private static string Times(int count) => count == 1 ? "once" : string.Create(CultureInfo.InvariantCulture, $"{count} times");

    private static string Words(string what, string? reason, string? message)
    {
        string text = string.Join(' ', (message ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        text = text.Length > LongestMessage ? "..." + text[^LongestMessage..] : text;
        return string.Join(": ", new[] { what, reason, text }.Where(p => !string.IsNullOrEmpty(p)));
    }
}
