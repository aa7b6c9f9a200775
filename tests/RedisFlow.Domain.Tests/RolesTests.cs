namespace RedisFlow.Domain.Tests;

public sealed class RolesTests
{
    [Theory]
    [InlineData("admin", true)]
    [InlineData("billing.read", true)]
    [InlineData("viewer", true)]
    [InlineData("Admin", false)]
    [InlineData("viewer ", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Known_roles_are_matched_exactly(string? role, bool known) => Assert.Equal(known, Roles.IsKnown(role));

    [Fact]
    public void All_are_known_and_in_ordinal_order()
    {
        Assert.All(Roles.All, role => Assert.True(Roles.IsKnown(role)));
        Assert.Equal(Roles.All.Distinct().Order(StringComparer.Ordinal), Roles.All);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("viewer", false)]
    [InlineData("billing.read", true)]
    [InlineData("admin", true)]
    [InlineData("viewer,billing.read", true)]
    [InlineData("BILLING.READ", false)]
    public void Invoices_take_billing_or_admin(string roles, bool allowed) =>
        Assert.Equal(allowed, Roles.MayPreviewInvoices(roles.Split(',')));
}
