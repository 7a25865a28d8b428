using Netweir.Bench.Report;

namespace Netweir.Bench.Tests;

public class DocsSectionTests
{
    [Fact]
    public void Only_what_is_between_the_comments_is_replaced() =>
        Assert.Equal($"before\n{DocsSection.Begin}\nnew\n{DocsSection.End}\nafter", DocsSection.Replace($"before\n{DocsSection.Begin}\nold\n{DocsSection.End}\nafter", "\nnew\n"));

    [Fact]
    public void A_document_without_the_comments_is_refused() =>
        Assert.Throws<InvalidDataException>(() => DocsSection.Replace($"{DocsSection.End}{DocsSection.Begin}", "new"));
}
