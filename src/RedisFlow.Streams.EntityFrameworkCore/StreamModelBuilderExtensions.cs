using Microsoft.EntityFrameworkCore;
using RedisFlow.Streams.EntityFrameworkCore.Tables;

namespace RedisFlow.Streams.EntityFrameworkCore;

/// <summary>Adds the tables of outbox and inbox to a model. A migration creates them.</summary>
public static class StreamModelBuilderExtensions
{
    private const int LongestId = 100;

    /// <summary>
    /// Adds <c>event_tracking</c>, which holds <see cref="TrackedEvent"/>, and <c>event_relay</c>, which says who
    /// publishes what is left over.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="schema">The tables' schema; <c>null</c> for the model's default.</param>
    public static ModelBuilder AddOutbox(this ModelBuilder model, string? schema = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.Entity<TrackedEvent>(events =>
        {
            events.ToTable("event_tracking", schema);

            // EF Core inserts in the order of the keys, and those of new rows are in the order in which they were
            // added.
            events.HasKey(row => row.Id);
            events.Property(row => row.Id).HasColumnName("id").UseIdentityAlwaysColumn();
            events.Property(row => row.MessageId).HasColumnName("message_id").HasMaxLength(LongestId);
            events.Property(row => row.Type).HasColumnName("type");
            events.Property(row => row.Subject).HasColumnName("subject");
            events.Property(row => row.Content).HasColumnName("content");
            events.Property(row => row.EntityVersion).HasColumnName("entity_version");
            events.Property(row => row.Tenant).HasColumnName("tenant");
            events.Property(row => row.Source).HasColumnName("source");
            events.Property(row => row.Target).HasColumnName("target");
            events.Property(row => row.PublishedBy).HasColumnName("published_by");
            events.Property(row => row.Envelope).HasColumnName("envelope");
            events
                .Property(row => row.Status)
                .HasColumnName("status")
                .HasMaxLength(20)
                .HasConversion(
                    status => status.ToString().ToLowerInvariant(),
                    text => Enum.Parse<TrackedEventStatus>(text, true)
                );
            events
                .Property(row => row.Position)
                .HasColumnName("position")
                .HasMaxLength(41)
                .HasConversion(position => position!.Value.ToString(), text => MessagePosition.Parse(text));
            events.Property(row => row.CreatedAt).HasColumnName("created_at");
            events.Property(row => row.PublishedAt).HasColumnName("published_at");
            events.HasIndex(row => row.MessageId).IsUnique();

            // What is left to publish is little, however much the table keeps.
            events.HasIndex(row => row.Id, "ix_event_tracking_pending").HasFilter("status = 'pending'");
            events.HasIndex(row => row.PublishedAt);
        });
        model.Entity<RelayLease>(leases =>
        {
            leases.ToTable("event_relay", schema);
            leases.HasKey(row => row.Name);
            leases.Property(row => row.Name).HasColumnName("name").HasMaxLength(20);
            leases.Property(row => row.Owner).HasColumnName("owner");
            leases.Property(row => row.Fence).HasColumnName("fence");
            leases.Property(row => row.ExpiresAt).HasColumnName("expires_at");
        });
        return model;
    }

    /// <summary>
    /// Adds <c>inbox</c>, which holds the ids of messages whose effects are in the database, and
    /// <c>inbox_watermark</c>, up to which all are.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="schema">The tables' schema; <c>null</c> for the model's default.</param>
    public static ModelBuilder AddInbox(this ModelBuilder model, string? schema = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.Entity<InboxEntry>(inbox =>
        {
            inbox.ToTable("inbox", schema);
            inbox.HasKey(row => new
            {
                row.Stream,
                row.Group,
                row.MessageId,
            });
            inbox.Property(row => row.Stream).HasColumnName("stream");
            inbox.Property(row => row.Group).HasColumnName("group_name");
            inbox.Property(row => row.MessageId).HasColumnName("message_id");
            inbox.Property(row => row.Milliseconds).HasColumnName("position_ms");
            inbox.Property(row => row.Sequence).HasColumnName("position_seq");
            inbox.Property(row => row.HandledAt).HasColumnName("handled_at");
            inbox.HasIndex(row => row.HandledAt);
        });
        model.Entity<InboxWatermark>(watermarks =>
        {
            watermarks.ToTable("inbox_watermark", schema);
            watermarks.HasKey(row => new { row.Stream, row.Group });
            watermarks.Property(row => row.Stream).HasColumnName("stream");
            watermarks.Property(row => row.Group).HasColumnName("group_name");
            watermarks.Property(row => row.Milliseconds).HasColumnName("position_ms");
            watermarks.Property(row => row.Sequence).HasColumnName("position_seq");
        });
        return model;
    }
}
