"""How the tables of the accounts came to be: an Alembic environment."""
