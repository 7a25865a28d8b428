using System.CommandLine;

namespace Netweir.Ctl;

/// <summary>An option that is a directory.</summary>
internal static class DirectoryOption
{
    public static Option<string> Create(string name, string description, string value) => new(name)
    {
        Description = description,
        HelpName = "DIR",
        DefaultValueFactory = _ => value,
    };
}
