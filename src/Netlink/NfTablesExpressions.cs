namespace Netweir.Netlink;

/// <summary>The expressions of a rule, byte for byte as iptables-nft writes them: it refuses to show a table in which it meets others.</summary>
internal static class NfTablesExpressions
{
    /// <summary>What <c>-o <paramref name="device"/> -j RETURN</c> stands for.</summary>
    public static void PutReturnOnOutput(ref MessageWriter rule, string device)
    {
        Expression meta = Expression.Begin(ref rule, "meta");
        Nft.PutBigEndian(ref rule, Nft.MetaKey, Nft.MetaOutputDevice);
        Nft.PutBigEndian(ref rule, Nft.MetaRegister, Nft.Register1);
        meta.End(ref rule);

        Expression compare = Expression.Begin(ref rule, "cmp");
        Nft.PutBigEndian(ref rule, Nft.CompareRegister, Nft.Register1);
        Nft.PutBigEndian(ref rule, Nft.CompareOperator, Nft.CompareEqual);
        int data = rule.BeginNest(Nft.CompareData);
        // With its NUL: without it, the rest of the register would not be compared, as for "-o lo+".
        rule.AttributeString(Nft.DataValue, device);
        rule.EndNest(data);
        compare.End(ref rule);

        Expression counter = Expression.Begin(ref rule, "counter");
        Nft.PutBigEndian(ref rule, Nft.CounterBytes, 0UL);
        Nft.PutBigEndian(ref rule, Nft.CounterPackets, 0UL);
        counter.End(ref rule);

        Expression immediate = Expression.Begin(ref rule, "immediate");
        Nft.PutBigEndian(ref rule, Nft.ImmediateRegister, Nft.VerdictRegister);
        int value = rule.BeginNest(Nft.ImmediateData);
        int verdict = rule.BeginNest(Nft.DataVerdict);
        Nft.PutBigEndian(ref rule, Nft.VerdictCode, Nft.VerdictReturn);
        rule.EndNest(verdict);
        rule.EndNest(value);
        immediate.End(ref rule);
    }

    /// <summary>An element of the list: its name, and its attributes nested.</summary>
    private readonly record struct Expression(int Element, int Data)
    {
        public static Expression Begin(ref MessageWriter rule, string name)
        {
            int element = rule.BeginNest(Nft.ListElement);
            rule.AttributeString(Nft.ExpressionName, name);
            return new Expression(element, rule.BeginNest(Nft.ExpressionData));
        }

        public void End(ref MessageWriter rule)
        {
            rule.EndNest(Data);
            rule.EndNest(Element);
        }
    }
}
