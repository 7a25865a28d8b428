namespace Netweir.Loader;

/// <summary>Finds out from BTF alone how values of one type become values of another.</summary>
internal sealed class StructCopyPlan
{
    private const int Deepest = 8;
    private readonly List<FieldMove> _moves = [];
    private readonly Btf _from;
    private readonly Btf _to;
    private bool _drops;

    private StructCopyPlan(Btf from, Btf to) => (_from, _to) = (from, to);

    /// <exception cref="FormatException">A field became something else, which no copy can tell how to convert.</exception>
    public static StructCopy Make(Btf from, uint fromType, Btf to, uint toType)
    {
        var plan = new StructCopyPlan(from, to);
        plan.Add("", fromType, 0, toType, 0, 0);
        return new StructCopy(plan._moves, plan._drops);
    }

    private void Add(string path, uint fromId, int from, uint toId, int to, int depth)
    {
        BtfType old = _from.Resolve(fromId), now = _to.Resolve(toId);
        if (depth > Deepest)
        {
            throw new FormatException($"{path} is nested too deeply");
        }

        if (IsWire(_from, fromId) != IsWire(_to, toId))
        {
            throw Changed(path, fromId, toId);
        }

        if (MapLayout.Describe(_from, fromId) == MapLayout.Describe(_to, toId))
        {
            AddBytes(path, from, to, (int)_from.SizeOf(fromId));
        }
        else if (old.Kind == BtfKind.Struct && now.Kind == BtfKind.Struct)
        {
            AddMembers(path, old, from, now, to, depth);
        }
        else if (old.Kind == BtfKind.Array && now.Kind == BtfKind.Array)
        {
            AddElements(path, old, from, now, to, depth);
        }
        else if (IsInteger(old) && IsInteger(now) && (old.Size == now.Size || !IsWire(_from, fromId)))
        {
            _moves.Add(new FieldMove(path, from, (int)old.Size, to, (int)now.Size, old.IsSigned, now.IsSigned));
        }
        else
        {
            throw Changed(path, fromId, toId);
        }
    }

    private void AddMembers(string path, BtfType old, int from, BtfType now, int to, int depth)
    {
        foreach (BtfMember member in old.Members)
        {
            string name = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
            BtfMember same = now.Members.FirstOrDefault(m => m.Name == member.Name);
            if (same.Name is null)
            {
                _drops = true;
                continue;
            }

            if (member.Name.Length == 0 || member.BitfieldSize != 0 || same.BitfieldSize != 0)
            {
                throw new FormatException($"{name} has no name or is a bitfield");
            }

            Add(name, member.Type, from + (int)member.Offset, same.Type, to + (int)same.Offset, depth + 1);
        }
    }

    private void AddElements(string path, BtfType old, int from, BtfType now, int to, int depth)
    {
        _drops |= old.Length > now.Length;
        int count = (int)Math.Min(old.Length, now.Length), fromSize = (int)_from.SizeOf(old.Target), toSize = (int)_to.SizeOf(now.Target);
        for (int i = 0; i < count; i++)
        {
            Add($"{path}[{i}]", old.Target, from + (i * fromSize), now.Target, to + (i * toSize), depth + 1);
        }
    }

    /// <summary>Joins what follows one another on both sides.</summary>
    private void AddBytes(string path, int from, int to, int size)
    {
        if (_moves.Count > 0 && _moves[^1] is { IsBytes: true } last && last.From + last.FromSize == from && last.To + last.ToSize == to)
        {
            _moves[^1] = last with { FromSize = last.FromSize + size, ToSize = last.ToSize + size };
        }
        else
        {
            _moves.Add(new FieldMove(path, from, size, to, size));
        }
    }

    private static bool IsInteger(BtfType type) => type.Kind is BtfKind.Int or BtfKind.Enum or BtfKind.Enum64;

    /// <summary>In network byte order, as the typedef says: as a number it means nothing.</summary>
    private static bool IsWire(Btf btf, uint id)
    {
        BtfType type = btf.Unqualified(id);
        for (int depth = 0; type.Kind == BtfKind.Typedef && depth < 32; depth++)
        {
            if (type.Name.StartsWith("__be", StringComparison.Ordinal))
            {
                return true;
            }

            type = btf.Unqualified(type.Target);
        }

        return false;
    }

    private FormatException Changed(string path, uint fromId, uint toId) => new(
        $"{(path.Length == 0 ? "it" : path)} was {Wire(_from, fromId)}{MapLayout.Describe(_from, fromId)} and is now {Wire(_to, toId)}{MapLayout.Describe(_to, toId)}");

    private static string Wire(Btf btf, uint id) => IsWire(btf, id) ? "network-order " : "";
}
