namespace Netweir.Controller.Services;

/// <summary>Waits in a batch. <paramref name="Left"/> is what of <paramref name="Desired"/> is programmed; the notice says what is not, or is null.</summary>
internal sealed record PlannedService(DesiredService Desired, DesiredService Left, Refusal? Notice);
