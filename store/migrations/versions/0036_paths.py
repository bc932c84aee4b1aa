"""The register may know walls and gates, and how far it is on foot from building to building; a job knows the
household behind its door, and an application in which year somebody was born.

Revision: 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only for INTEGER, where all integers are 64 bits wide anyway.
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Keep walls as lines and gates as points, in WGS-84; and of each building its metres to the others, with
    the hash of the ground that they were reckoned on. Jobs and applications of before know no household and
    no year."""
    op.create_table(
        "walls",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("committee_id", sa.BigInteger(), sa.ForeignKey("committees.id"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.UniqueConstraint("committee_id", "key", name="walls_key"),
    )
    op.create_table(
        "gates",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("committee_id", sa.BigInteger(), sa.ForeignKey("committees.id"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("closed", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("committee_id", "key", name="gates_key"),
    )
    op.create_table(
        "paths",
        sa.Column(
            "building_id",
            sa.BigInteger(),
            sa.ForeignKey("buildings.id"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("committee_id", sa.BigInteger(), sa.ForeignKey("committees.id"), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("metres", sa.Text(), nullable=False),
    )
    op.create_index("paths_of", "paths", ["committee_id"])
    op.create_index("households_by_unit", "households", ["committee_id", "unit_index"])
    op.add_column("job_private", sa.Column("household_id", sa.BigInteger()))
    op.add_column("applications", sa.Column("born", sa.Text(), nullable=False, server_default=""))  # sealed
