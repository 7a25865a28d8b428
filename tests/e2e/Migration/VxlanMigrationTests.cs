namespace Netweir.E2e.Tests;

public sealed class VxlanMigrationTests(VxlanLab lab) : MigrationTests(lab), IClassFixture<VxlanLab>;
