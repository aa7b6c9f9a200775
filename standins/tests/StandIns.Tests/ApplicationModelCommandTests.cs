using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace StandIns.Tests;

public sealed class ApplicationModelCommandTests : IDisposable
{
    private readonly ApplicationModelServices _services = new();

    private static CancellationToken Deadline => ApplicationModelServices.DeadlineToken;

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task A_command_runs_for_the_instance_and_logs_to_its_console()
    {
        var redis = new FakeResource("redis", "x").WithCommand("flush", context => Task.FromResult(CommandResults.Success($"flushed {context.ResourceName}")));
        await _services.PublishAsync(redis, "Running");

        var result = await _services.Commands.ExecuteCommandAsync("redis", "flush", Deadline);

        Assert.True(result.Success);
        Assert.Equal("flushed redis-x", result.Message);
        var log = new List<string>();
        await foreach (var batch in _services.Loggers.GetAllAsync("redis-x"))
        {
            log.AddRange(batch.Select(line => line.Content));
        }

        Assert.EndsWith("Executing command 'flush'.", log[0], StringComparison.Ordinal);
        Assert.EndsWith("Successfully executed command 'flush'.", log[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_resource_or_command_fails()
    {
        var redis = new FakeResource("redis");
        await _services.PublishAsync(redis, "Running");

        Assert.Equal("Resource 'rediss' not found.", (await _services.Commands.ExecuteCommandAsync("rediss", "flush", Deadline)).Message);
        Assert.Equal("Command 'flush' not available for resource 'redis'.", (await _services.Commands.ExecuteCommandAsync(redis, "flush", Deadline)).Message);
    }

    [Fact]
    public async Task Replicas_are_addressed_together_by_resource_and_singly_by_id_but_not_by_name()
    {
        var executed = new List<string>();
        var orders = new FakeResource("orders", "a", "b").WithCommand("poke", context =>
        {
            lock (executed)
            {
                executed.Add(context.ResourceName);
            }

            return Task.FromResult(context.ResourceName == "orders-b" ? CommandResults.Failure("busy") : CommandResults.Success());
        });
        await _services.PublishAsync(orders, "Running");

        Assert.Equal("Resource 'orders' not found.", (await _services.Commands.ExecuteCommandAsync("orders", "poke", Deadline)).Message);
        Assert.True((await _services.Commands.ExecuteCommandAsync("orders-a", "poke", Deadline)).Success);
        var all = await _services.Commands.ExecuteCommandAsync(orders, "poke", Deadline);

        Assert.False(all.Success);
        Assert.Equal($"1 command executions failed.{Environment.NewLine}Resource 'orders-b' failed with error message: busy", all.Message);
        Assert.Equal(["orders-a", "orders-a", "orders-b"], executed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_a_command_throws_is_its_result()
    {
        var redis = new FakeResource("redis")
            .WithCommand("fail", _ => throw new InvalidOperationException("broken"))
            .WithCommand("cancel", _ => throw new OperationCanceledException());

        var failed = await _services.Commands.ExecuteCommandAsync(redis, "fail", Deadline);
        var cancelled = await _services.Commands.ExecuteCommandAsync(redis, "cancel", Deadline);

        Assert.Equal((false, false, "broken"), (failed.Success, failed.Canceled, failed.Message));
        Assert.Equal((false, true), (cancelled.Success, cancelled.Canceled));
    }

    [Fact]
    public async Task A_command_gets_the_arguments_that_were_given_and_the_values_of_its_description_for_the_others()
    {
        var got = new List<string>();
        var redis = new FakeResource("redis").WithArguments("poke", context =>
        {
            got.Add($"{context.Arguments.GetInt32("COUNT")} {context.Arguments.GetString("word")}");
            context.Arguments["count"].Value = "8"; // its own copy: the next execution does not see it
            return Task.FromResult(CommandResults.Success());
        });
        await _services.PublishAsync(redis, "Running");

        Assert.True((await _services.Commands.ExecuteCommandAsync("redis", "poke", Deadline)).Success);
        Assert.True((await _services.Commands.ExecuteCommandAsync(redis, "poke", Given(("Count", " 5 "), ("word", "fast")), Deadline)).Success);
        Assert.True((await _services.Commands.ExecuteCommandAsync("redis", "poke", Deadline)).Success);

        Assert.Equal(["3 ", "5 fast", "3 "], got);
        _services.Notifications.TryGetCurrentState("redis", out var shown);
        Assert.Equal(["count", "word"], shown!.Snapshot.Commands.Single().Arguments.Select(argument => argument.Name));
    }

    [Theory]
    [InlineData("count", "", "Value is required.")]
    [InlineData("count", "many", "Value must be a valid number.")]
    [InlineData("word", "slowly", "Value length exceeds 4 characters.")]
    [InlineData("count", "10", "Between 1 and 9.")]
    public async Task A_command_is_not_executed_with_an_argument_that_cannot_be(string name, string value, string error)
    {
        var redis = new FakeResource("redis").WithArguments("poke", _ => throw new InvalidOperationException("executed"));
        await _services.PublishAsync(redis, "Running");

        var result = await _services.Commands.ExecuteCommandAsync("redis", "poke", Given((name, value)), Deadline);

        Assert.Equal((false, "Command argument validation failed."), (result.Success, result.Message));
        Assert.Equal([error], result.InvalidArguments![name].ValidationErrors);
    }

    [Fact]
    public void Inputs_have_different_names()
    {
        var refused = Assert.Throws<InvalidOperationException>(() => Given(("a", "1"), ("A", "2")));

        Assert.Equal("Duplicate input name 'A' found. Input names must be unique.", refused.Message);
        Assert.Throws<KeyNotFoundException>(() => Given(("a", "1")).GetString("b"));
        Assert.True(Given(("a", "true")).GetBoolean("a"));
    }

    private static InteractionInputCollection Given(params (string Name, string Value)[] values) =>
        new([.. values.Select(value => new InteractionInput { Name = value.Name, Value = value.Value, InputType = InputType.Text })]);
}
