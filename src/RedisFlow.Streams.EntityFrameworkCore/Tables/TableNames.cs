using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace RedisFlow.Streams.EntityFrameworkCore.Tables;

/// <summary>The names of tables, as SQL needs them.</summary>
internal static class TableNames
{
    /// <summary>The quoted name of an entity's table, with its schema if it has one.</summary>
    /// <exception cref="InvalidOperationException">The context's model does not have the table.</exception>
    public static string Of<TEntity>(DbContext db, string mapping)
    {
        var entity =
            db.Model.FindEntityType(typeof(TEntity))
            ?? throw new InvalidOperationException(
                $"The model of {db.GetType().Name} lacks the table of {typeof(TEntity).Name}. Call "
                    + $"modelBuilder.{mapping} in OnModelCreating, and add a migration."
            );
        return db.GetService<ISqlGenerationHelper>().DelimitIdentifier(entity.GetTableName()!, entity.GetSchema());
    }
}
