using System.Buffers.Binary;

namespace Netweir.Netlink;

/// <summary>Message types, attributes and values of nf_tables (linux/netfilter/nfnetlink.h, nf_tables.h, nf_tables_compat.h). Numbers are big endian.</summary>
internal static class Nft
{
    /// <summary>struct nfgenmsg: family, version, resource.</summary>
    public const int HeaderLength = 4;

    public const ushort BatchBegin = 0x10;
    public const ushort BatchEnd = 0x11;
    public const ushort Subsystem = 10;
    public const ushort NewTable = Subsystem << 8;
    public const ushort GetTable = (Subsystem << 8) | 1;
    public const ushort DeleteTable = (Subsystem << 8) | 2;
    public const ushort DeleteChain = (Subsystem << 8) | 5;
    public const ushort GetChain = (Subsystem << 8) | 4;
    public const ushort NewChain = (Subsystem << 8) | 3;
    public const ushort NewRule = (Subsystem << 8) | 6;
    public const ushort GetRule = (Subsystem << 8) | 7;
    public const ushort DeleteRule = (Subsystem << 8) | 8;

    public const int TableName = 1;
    public const int ChainTable = 1;
    public const int ChainName = 3;
    public const int ChainHook = 4;
    public const int RuleTable = 1;
    public const int RuleChain = 2;
    public const int RuleHandle = 3;
    public const int RuleExpressions = 4;
    public const int RuleUserData = 7;
    public const byte UserDataComment = 0;

    public const int ListElement = 1;
    public const int ExpressionName = 1;
    public const int ExpressionData = 2;
    public const int MatchName = 1;
    public const int MatchInfo = 3;
    public const int MetaRegister = 1;
    public const int MetaKey = 2;
    public const uint MetaOutputDevice = 7;
    public const int CompareRegister = 1;
    public const int CompareOperator = 2;
    public const int CompareData = 3;
    public const uint CompareEqual = 0;
    public const int CounterBytes = 1;
    public const int CounterPackets = 2;
    public const int ImmediateRegister = 1;
    public const int ImmediateData = 2;
    public const int DataValue = 1;
    public const int DataVerdict = 2;
    public const int VerdictCode = 1;
    public const int VerdictChain = 2;
    public const uint VerdictRegister = 0;
    public const uint Register1 = 1;
    public const uint VerdictReturn = unchecked((uint)-5);

    public static void PutHeader(ref MessageWriter message, byte family, ushort resource)
    {
        message.Put(family);
        message.Put((byte)0);
        message.Put(BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(resource) : resource);
    }

    public static void PutBigEndian(ref MessageWriter message, int attribute, uint value) =>
        message.Attribute(attribute, BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value);

    public static void PutBigEndian(ref MessageWriter message, int attribute, ulong value) =>
        message.Attribute(attribute, BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value);

    public static ulong ReadBigEndian(NetlinkAttribute attribute) => BinaryPrimitives.ReadUInt64BigEndian(attribute.Value);
}
