namespace Netweir.Ctl;

internal static class ExitCode
{
    public const int Ok = 0;
    public const int Degraded = 1;

    /// <summary>The question could not be answered: wrong arguments, no permission, nothing to look at.</summary>
    public const int CannotTell = 2;
}
