namespace Netweir.LayoutGen;

/// <summary>C names -> C# names.</summary>
internal static class Names
{
    /// <summary><c>no_such_pod</c>, <c>NO_SUCH_POD</c> -> <c>NoSuchPod</c>.</summary>
    public static string Pascal(string name) => string.Concat(
        name.Split('_', StringSplitOptions.RemoveEmptyEntries)
            .Select(word => char.ToUpperInvariant(word[0]) + word[1..].ToLowerInvariant()));

    public static string Map(string name) => Pascal(name.StartsWith("nw_", StringComparison.Ordinal) ? name[3..] : name);

    /// <summary>
    /// Members without the prefix that they share: <c>DROP_NONE</c>, <c>DROP_NO_ROUTE</c> -> <c>None</c>, <c>NoRoute</c>. A count
    /// (<c>DROP_REASON_MAX</c> of <c>drop_reason</c>) is <c>Max</c>.
    /// </summary>
    public static IReadOnlyList<string> Members(string enumName, IReadOnlyList<string> members)
    {
        int prefix = SharedWords(enumName, members);
        string count = enumName.ToUpperInvariant() + "_MAX";
        return [.. members.Select(m => m == count ? "Max" : Identifier(string.Join('_', m.Split('_').Skip(prefix))))];
    }

    private static string Identifier(string rest)
    {
        string name = Pascal(rest);
        return char.IsDigit(name[0]) ? "_" + name : name;
    }

    private static int SharedWords(string enumName, IReadOnlyList<string> members)
    {
        string[][] words = [.. members.Select(m => m.Split('_'))];
        int limit = words.Min(w => w.Length) - 1;
        if (words.Length == 1)
        {
            string[] own = enumName.ToUpperInvariant().Split('_');
            limit = Math.Min(limit, own.Zip(words[0]).TakeWhile(p => p.First == p.Second).Count());
        }

        int shared = 0;
        while (shared < limit && words.All(w => w[shared] == words[0][shared]))
        {
            shared++;
        }

        return shared;
    }
}
