using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Netweir.Bench.Tests")]
