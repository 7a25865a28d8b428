namespace Netweir.Kube;

/// <summary>
/// Something that was handled and went on, for the log. <paramref name="Reason"/> is the error metric's label; <paramref name="Message"/> names
/// the thing, the cause and what happens next.
/// </summary>
public sealed record KubeIncident(string Resource, string Reason, string Message, Exception? Exception = null);
