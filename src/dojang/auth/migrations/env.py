"""What Alembic runs: the migrations, on the connection that `dojang.auth.schema` gives."""

from alembic import context

from dojang.auth.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=context.config.attributes["version_table"],
)
with context.begin_transaction():
    context.run_migrations()
