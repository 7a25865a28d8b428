using Netweir.Loader;
using Netweir.Netlink;

namespace Netweir.Ctl;

/// <summary>Something that is looked at, by its name. One that cannot be looked at must not hide the others.</summary>
internal sealed record Check(string Name, Func<CheckResult> Look)
{
    public CheckResult Run()
    {
        try
        {
            return Look();
        }
        catch (Exception e) when (e is NetlinkException or BpfException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return CheckResult.CannotTell(Name, e.Message);
        }
    }
}
